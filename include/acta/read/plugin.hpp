// ACTA_PROJECTION_PLUGIN: makes a library of projections into a plugin that `acta replay --plugin` can load.
#pragma once

#include <acta/read/projection.hpp>

namespace acta::detail::projections {

/// Texts that outlive every exception: why a plugin cannot be used.
inline acta_plugin unusable(std::string_view why) noexcept {
    static char text[1024];
    acta_error problem{text, sizeof text, 0};
    put_error(&problem, why);
    return {sizeof(acta_plugin), ACTA_ABI, 0, nullptr, 0, {text, problem.size}};
}

template <class... P>
acta_plugin describe_plugin() noexcept {
    static_assert(sizeof...(P) > 0, "a plugin has at least one projection: ACTA_PROJECTION_PLUGIN(bank::balances)");
    try {
        static const std::array<const acta_projection*, sizeof...(P)> projections{&abi_of<P>()...};
        return {sizeof(acta_plugin), ACTA_ABI, 0, projections.data(), projections.size(), {nullptr, 0}};
    } catch (const std::exception& why) { return unusable(why.what()); } catch (...) {
        return unusable("something was thrown that is no std::exception");
    }
}

}  // namespace acta::detail::projections

/// `ACTA_PROJECTION_PLUGIN(bank::balances, bank::owners)`: once a library, at global scope. Exports the one symbol of a plugin.
#define ACTA_PROJECTION_PLUGIN(...)                                                                                                        \
    extern "C" __attribute__((visibility("default"))) const acta_plugin* acta_projection_plugin(void) noexcept {                           \
        static const acta_plugin plugin = acta::detail::projections::describe_plugin<__VA_ARGS__>();                                       \
        return &plugin;                                                                                                                    \
    }                                                                                                                                      \
    static_assert(noexcept(acta_projection_plugin()))
