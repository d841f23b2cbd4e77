// acta::sql: statements kept by their text, and typed rows written out before a statement may read them.
#include <acta/read/sql.hpp>

#include <algorithm>

namespace acta {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// SQL finds a table by its name alone, in any case; so does this, at the price of a false alarm now and then.
bool mentions(std::string_view sql, std::string_view table) {
    return std::search(sql.begin(), sql.end(), table.begin(), table.end(), [](char a, char b) { return lower(a) == lower(b); }) !=
           sql.end();
}

}  // namespace

void sql::bind(const detail::rows::binding& to, const std::vector<detail::rows::bound_member*>& neighbours) {
    to_ = to;
    for (detail::rows::bound_member* const each : neighbours)
        if (!each->table_name().empty()) neighbours_.push_back(each);
    if (to.read_only()) return;
    for (const std::string& statement : schema_) detail::rows::bound_statement(*to.database, statement, ACTA_BY_AUTHOR).run({});
}

detail::rows::lent_statement sql::lend(std::string_view statement) const {
    if (!to_)
        throw failure(errc::misuse,
                      "an acta::sql belongs to no read model: name it in the projection's `auto tables() { return std::tie(...); }`, "
                      "and use it while events are applied or through read()");
    auto at = statements_.find(statement);
    if (at == statements_.end()) {
        at = statements_.emplace(std::string(statement), detail::rows::cached_statements{}).first;
        for (detail::rows::bound_member* const table : neighbours_) {
            const auto names_it = [&](std::string_view text) { return mentions(text, table->table_name()); };
            if (names_it(statement) || std::any_of(schema_.begin(), schema_.end(), names_it)) at->second.tables.push_back(table);
        }
    }
    for (detail::rows::bound_member* const table : at->second.tables) table->flush();
    auto& idle = at->second.idle;
    if (idle.empty()) {
        idle.reserve(at->second.made + 1);
        detail::rows::bound_statement fresh(*to_.database, statement, ACTA_BY_AUTHOR);
        ++at->second.made;
        return {at->second, std::move(fresh)};
    }
    detail::rows::bound_statement lent = std::move(idle.back());
    idle.pop_back();
    return {at->second, std::move(lent)};
}

void sql::run_values(std::string_view statement, std::span<const acta_value> parameters) { lend(statement)->run(parameters); }

}  // namespace acta
