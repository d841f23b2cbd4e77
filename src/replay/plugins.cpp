// Loading projection plugins.
#include <acta/event/result.hpp>
#include <acta/read/delivery.hpp>
#include <acta/replay/plugins.hpp>

#include "replay/elf_check.hpp"
#include "replay/projection_object.hpp"

#include <dlfcn.h>
#include <bit>
#include <cstddef>

namespace acta {

namespace {

constexpr std::size_t most_projections = 1'000;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw failure(errc::bad_plugin, file.string() + " cannot be used as a plugin: " + why);
}

const acta_plugin& load(const std::filesystem::path& file) {
    detail::check_library(file);
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library) {
        const char* const why = ::dlerror();
        refuse(file, std::string("the system cannot load it: ") + (why ? why : "no reason given"));
    }
    void* const symbol = ::dlsym(library, ACTA_PLUGIN_SYMBOL);
    if (!symbol) refuse(file, "it has no function " ACTA_PLUGIN_SYMBOL "; a plugin ends with ACTA_PROJECTION_PLUGIN(its projections)");
    const acta_plugin* const table = std::bit_cast<acta_projection_plugin_function>(symbol)();
    if (!table) refuse(file, "its " ACTA_PLUGIN_SYMBOL " answered nothing");
    return *table;
}

/// Members are read in the order in which the struct grew: its size first, then the ABI number, then what that number promises.
void check(const std::filesystem::path& file, const acta_plugin& table) {
    if (table.size < offsetof(acta_plugin, abi) + sizeof table.abi) refuse(file, "its table is too short to be a plugin's");
    if (table.abi != ACTA_ABI)
        refuse(file, "it was built for plugin ABI " + std::to_string(table.abi) + ", and this program speaks " + std::to_string(ACTA_ABI) +
                         ": build it again against this version of acta");
    if (table.size < sizeof(acta_plugin)) refuse(file, "its table is too short for plugin ABI " + std::to_string(ACTA_ABI));
    if (table.problem.size > 0 && table.problem.data) refuse(file, std::string(detail::projections::view(table.problem)));
    if (table.projection_count == 0 || table.projection_count > most_projections || !table.projections)
        refuse(file, "it has no projections, or its list of them is broken");
}

}  // namespace

plugin::plugin(const std::filesystem::path& library) {
    std::error_code error;
    file_ = std::filesystem::absolute(library, error);  // a bare name would be looked for where the system keeps its libraries
    if (error || library.empty()) throw failure(errc::not_found, library.string() + " is not there: check the path of the plugin");
    const acta_plugin& table = load(file_);
    check(file_, table);
    for (std::size_t i = 0; i < table.projection_count; ++i) {
        const acta_projection* const each = table.projections[i];
        if (!each) refuse(file_, "its list of projections is broken");
        detail::check_projection(*each, file_.string());
        for (const acta_projection* const other : projections_)
            if (detail::projections::view(other->name) == detail::projections::view(each->name))
                refuse(file_, "it has two projections named '" + std::string(detail::projections::view(each->name)) + "'");
        projections_.push_back(each);
    }
}

std::vector<std::string> plugin::names() const {
    std::vector<std::string> out;
    for (const acta_projection* const each : projections_) out.emplace_back(detail::projections::view(each->name));
    return out;
}

const acta_projection& plugin::projection() const {
    if (projections_.size() == 1) return *projections_.front();
    throw failure(errc::misuse, file_.string() + " has several projections (" + listed() + "): name the one that is meant");
}

const acta_projection& plugin::projection(std::string_view name) const {
    for (const acta_projection* const each : projections_)
        if (detail::projections::view(each->name) == name) return *each;
    throw failure(errc::not_found, file_.string() + " has no projection '" + std::string(name) + "': it has " + listed());
}

std::string plugin::listed() const {
    std::string text;
    for (const std::string& name : names()) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace acta
