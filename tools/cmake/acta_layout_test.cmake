# acta_add_layout_test(<target> [FILE <file>])
#
# A test <target>.layouts that compares the layouts of the target's events, as its ACTA_CODECS lines make them, with a committed file
# (layouts.txt beside the CMakeLists.txt), so that a change of them shows in review. The target may be of any kind that is compiled: a
# program, a library or a plugin. `cmake --build build --target <target>_update_layouts` writes the file.
function(acta_add_layout_test target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE" "")
    if(NOT arg_FILE)
        set(arg_FILE layouts.txt)
    endif()
    cmake_path(ABSOLUTE_PATH arg_FILE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    add_executable(${target}_layouts ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/acta_layout_test.cpp $<TARGET_OBJECTS:${target}>)
    target_link_libraries(${target}_layouts PRIVATE $<TARGET_PROPERTY:${target},LINK_LIBRARIES> acta::event)
    target_link_options(${target}_layouts PRIVATE LINKER:--wrap=main) # the target may have a main of its own
    add_test(NAME ${target}.layouts COMMAND ${target}_layouts ${arg_FILE})
    add_custom_target(${target}_update_layouts COMMAND ${target}_layouts ${arg_FILE} --update VERBATIM)
endfunction()
