// The host's functions over one read model, with owners and exceptions.
#include <acta/event/result.hpp>
#include <acta/read/database.hpp>

namespace acta::detail::rows {

namespace {

/// Calls a function of the host and throws the sentence of a failure.
template <class Call>
void must(const Call& call) {
    char text[2048];
    acta_error error{text, sizeof text, 0};
    const acta_status status = call(&error);
    if (status == ACTA_OK) return;
    throw failure(status == ACTA_MISUSE ? errc::misuse : errc::io, std::string(text, std::min(error.size, sizeof text)));
}

}  // namespace

void define(const acta_database& database, const acta_table& table) {
    must([&](acta_error* error) { return database.define(database.self, &table, error); });
}

bound_statement::bound_statement(const acta_database& database, std::string_view sql, std::int32_t by) {
    must([&](acta_error* error) { return database.prepare(database.self, {sql.data(), sql.size()}, by, &number_, error); });
    database_ = &database;
}

bool bound_statement::run(std::span<const acta_value> parameters, std::span<acta_value> row) {
    std::int32_t has_row = 0;
    must([&](acta_error* error) {
        return database_->run(database_->self, number_, parameters.data(), parameters.size(), row.data(), row.size(), &has_row, error);
    });
    return has_row != 0;
}

bool bound_statement::next(std::span<acta_value> row) {
    std::int32_t has_row = 0;
    must([&](acta_error* error) { return database_->next(database_->self, number_, row.data(), row.size(), &has_row, error); });
    return has_row != 0;
}

}  // namespace acta::detail::rows
