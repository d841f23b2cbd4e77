// What the statements of a projection may do to a read model: SQLite's authorizer.
#include "replay/authority.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace acta::detail {

std::string lower_case(std::string_view name) {
    std::string out(name);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

void authority::watch(sqlite3* connection) { sqlite3_set_authorizer(connection, &authority::ask, this); }

int authority::ask(void* self, int action, const char* first, const char* second, const char*, const char*) noexcept {
    auto& rules = *static_cast<authority*>(self);
    if (rules.by_ == who::host) return SQLITE_OK;
    try {
        return rules.decide(action, first ? first : "", second ? second : "");
    } catch (...) {  // out of memory
        return SQLITE_DENY;
    }
}

int authority::decide(int action, std::string_view first, std::string_view second) {
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION: return second == "load_extension" ? refuse("it loads an extension") : SQLITE_OK;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE: return write(first);
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT: return refuse("transactions are the runner's alone");
    case SQLITE_ATTACH:
    case SQLITE_DETACH: return refuse("a projection works on one file");
    case SQLITE_PRAGMA:
        return first == "data_version" ? SQLITE_OK : refuse("PRAGMA is the runner's alone");  // full-text search asks for it
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_VTABLE: return make(first, {});
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TRIGGER: return make(first, second);
    case SQLITE_REINDEX: return made_something_ ? SQLITE_OK : refuse("indexes are made once, with their tables");  // making one fills it
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_CREATE_TEMP_VIEW: return refuse("what is temporary is not in the read model: make a table");
    default: return refuse("a projection makes tables and changes rows, nothing else: raise its revision to begin with other tables");
    }
}

int authority::write(std::string_view table) {
    const std::string name = lower_case(table);
    if (name.starts_with("sqlite_")) return SQLITE_OK;  // making a table writes there; by hand SQLite itself lets nobody
    if (name.starts_with("acta_")) return refuse("the tables named acta_... are acta's own");
    if (by_ == who::author && typed_.contains(name))
        return refuse("'" + std::string(table) + "' is a typed table: change it through its acta::table");
    if (by_ == who::table && !typed_.contains(name)) return refuse("'" + std::string(table) + "' is no typed table");
    return SQLITE_OK;
}

int authority::make(std::string_view name, std::string_view on) {
    if (by_ != who::author || !defining_) return refuse("tables are made by the statements that an acta::sql is constructed with");
    if (lower_case(name).starts_with("acta_")) return refuse("names that begin with acta_ are acta's own");
    if (is_typed(name)) return refuse("'" + std::string(name) + "' is a typed table of this read model");
    if (is_typed(on)) return refuse("'" + std::string(on) + "' is a typed table: name its indexes in acta::table");
    made_something_ = true;
    return SQLITE_OK;
}

int authority::refuse(std::string why) {
    if (refusal_.empty()) refusal_ = std::move(why);
    return SQLITE_DENY;
}

}  // namespace acta::detail
