# acta_add_projection_plugin(<target> <sources...>)
#
# A projection plugin: <target>.so, which links acta::read alone and exports one symbol, the entry point that
# ACTA_PROJECTION_PLUGIN defines. Everything else stays inside, so that two plugins, or a plugin and its host, may hold different
# versions of the same class.
function(acta_add_projection_plugin target)
    set(version_script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/acta_plugin.map)
    add_library(${target} MODULE ${ARGN})
    target_link_libraries(${target} PRIVATE acta::read)
    set_target_properties(${target} PROPERTIES
        PREFIX ""
        C_VISIBILITY_PRESET hidden
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        CXX_EXTENSIONS OFF
        LINK_DEPENDS ${version_script})
    target_link_options(${target} PRIVATE
        LINKER:--version-script=${version_script},--exclude-libs,ALL,--gc-sections,--as-needed)
    # clang leaves a sanitizer's symbols to be found in the host program, which the linker would take for a mistake.
    if(NOT (CMAKE_CXX_COMPILER_ID MATCHES Clang AND CMAKE_CXX_FLAGS MATCHES -fsanitize))
        target_link_options(${target} PRIVATE LINKER:-z,defs)
    endif()
endfunction()
