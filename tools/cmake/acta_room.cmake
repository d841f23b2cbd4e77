# acta_warnings(<target>): the house's warnings, for our own targets and never for those who link them.
function(acta_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
        $<$<BOOL:${ACTA_WERROR}>:-Werror>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        target_compile_options(${target} PRIVATE -Wno-restrict) # optimised "text" + std::string sets it off without cause (GCC bug 105651)
    endif()
endfunction()

# acta_room(<room> [DEPENDS <rooms...>] [PUBLIC <libraries...>] [PRIVATE <libraries...>])
#
# One room: the headers include/acta/<room>, the sources src/<room> and the target acta::<room>. A room may use the rooms it
# DEPENDS on, and those they depend on. Whoever links it gets ACTA_ROOM_<ROOM>=1, which its guarded headers ask for. Installed,
# each room has an include root of its own, so a target finds the headers of the rooms it links and no others.
function(acta_room room)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;PUBLIC;PRIVATE")
    set(target acta_${room})
    string(TOUPPER ${room} upper)
    list(TRANSFORM arg_DEPENDS PREPEND acta::)

    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room}/*.cpp)
    if(sources)
        set(public PUBLIC)
        add_library(${target} STATIC ${sources})
        set_target_properties(${target} PROPERTIES
            CXX_EXTENSIONS OFF
            CXX_VISIBILITY_PRESET hidden
            VISIBILITY_INLINES_HIDDEN ON
            POSITION_INDEPENDENT_CODE ON)
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src) # private headers are shared along the arrows
        target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
        acta_warnings(${target})
    else()
        set(public INTERFACE) # headers only
        add_library(${target} INTERFACE)
    endif()
    add_library(acta::${room} ALIAS ${target})

    set(include_root ${CMAKE_INSTALL_INCLUDEDIR}/acta-rooms/${room})
    target_compile_features(${target} ${public} cxx_std_20)
    target_compile_definitions(${target} ${public} ACTA_ROOM_${upper}=1)
    target_include_directories(${target} ${public}
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${include_root}>)
    target_link_libraries(${target} ${public} ${arg_DEPENDS} ${arg_PUBLIC})

    set_target_properties(${target} PROPERTIES EXPORT_NAME ${room})
    install(TARGETS ${target} EXPORT actaTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(DIRECTORY DESTINATION ${include_root}) # CMake refuses a target whose include root is missing, and a room may have no header yet
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/acta/${room} DESTINATION ${include_root}/acta OPTIONAL)
    set_property(GLOBAL APPEND PROPERTY ACTA_ROOMS ${room})
endfunction()
