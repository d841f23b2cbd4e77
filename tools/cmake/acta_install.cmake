include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/acta)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/actaConfig.cmake.in ${PROJECT_BINARY_DIR}/actaConfig.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/actaConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT actaTargets NAMESPACE acta:: DESTINATION ${package_dir})
install(FILES
    ${PROJECT_BINARY_DIR}/actaConfig.cmake
    ${PROJECT_BINARY_DIR}/actaConfigVersion.cmake
    ${CMAKE_CURRENT_LIST_DIR}/acta_plugin.cmake
    ${CMAKE_CURRENT_LIST_DIR}/acta_plugin.map
    ${CMAKE_CURRENT_LIST_DIR}/acta_layout_test.cmake
    ${CMAKE_CURRENT_LIST_DIR}/acta_layout_test.cpp
    DESTINATION ${package_dir})
