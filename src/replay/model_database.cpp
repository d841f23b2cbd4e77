// The functions of abi.h's acta_database over one SQLite connection.
#include "replay/model_database.hpp"

#include <acta/read/delivery.hpp>

#include "event/text.hpp"
#include "replay/typed_table.hpp"

#include <limits>

namespace acta::detail {

namespace {

bool only_blanks(const char* tail, const char* end) {
    for (; tail != end; ++tail)
        if (*tail != ';' && *tail != ' ' && *tail != '\n' && *tail != '\t' && *tail != '\r') return false;
    return true;
}

/// Also where IF NOT EXISTS makes nothing any more.
bool creates(std::string_view sql) {
    for (;;) {
        sql.remove_prefix(std::min(sql.find_first_not_of(" \t\n\f\r;"), sql.size()));
        const bool line = sql.starts_with("--");
        if (!line && !sql.starts_with("/*")) return lower_case(sql.substr(0, 6)) == "create";
        const std::size_t end = line ? sql.find('\n') : sql.find("*/", 2);
        if (end == std::string_view::npos) return false;
        sql.remove_prefix(end + (line ? 1 : 2));
    }
}

/// Is it the world that is out of order, and not the statement?
bool worldly(errc code) {
    return code == errc::disk_full || code == errc::damaged || code == errc::io || code == errc::busy || code == errc::not_a_store;
}

}  // namespace

model_database::model_database(const connection& on, authority& rules, std::string projection, definition how)
    : on_(on), rules_(rules), projection_(std::move(projection)), how_(how), functions_(function_table(this, how == definition::compare)) {}

void model_database::begin_defining() {
    defining_ = true;
    schema_.clear();
}

std::string model_database::end_defining() {
    defining_ = false;
    return std::move(schema_);
}

template <class Body>
acta_status model_database::answered(void* self, acta_error* error, const Body& body) noexcept {
    auto& db = *static_cast<model_database*>(self);
    try {
        body(db);
        return ACTA_OK;
    } catch (const failure& why) {
        if (!db.trouble_ && (worldly(why.code()) || why.code() == errc::outdated_read_model)) db.trouble_ = why;
        if (!db.trouble_ && sqlite3_get_autocommit(db.on_.handle()) != 0)  // ON CONFLICT ROLLBACK and the like
            db.trouble_.emplace(errc::projection_failed, std::string(why.what()) + ", which ended the transaction of the batch");
        projections::put_error(error, why.what());
        return why.code() == errc::misuse ? ACTA_MISUSE : ACTA_FAILED;
    } catch (const std::exception& why) {
        projections::put_error(error, why.what());
        return ACTA_FAILED;
    }
}

acta_database model_database::function_table(model_database* self, bool read_only) noexcept {
    acta_database made{};
    made.size = sizeof made;
    made.abi = ACTA_ABI;
    made.read_only = read_only ? 1 : 0;
    made.self = self;
    made.define = [](void* db, const acta_table* table, acta_error* error) {
        return answered(db, error, [&](model_database& of) { of.define(*table); });
    };
    made.prepare = [](void* db, acta_text sql, std::int32_t by, std::uint64_t* number, acta_error* error) {
        return answered(db, error, [&](model_database& of) { *number = of.prepare(projections::view(sql), by); });
    };
    made.run = [](void* db, std::uint64_t number, const acta_value* parameters, std::size_t parameter_count, acta_value* row,
                  std::size_t column_count, std::int32_t* has_row, acta_error* error) {
        return answered(db, error,
                        [&](model_database& of) { *has_row = of.run(number, parameters, parameter_count, row, column_count) ? 1 : 0; });
    };
    made.next = [](void* db, std::uint64_t number, acta_value* row, std::size_t column_count, std::int32_t* has_row, acta_error* error) {
        return answered(db, error, [&](model_database& of) { *has_row = of.next(number, row, column_count) ? 1 : 0; });
    };
    made.reset = [](void* db, std::uint64_t number) { static_cast<model_database*>(db)->reset(number); };
    made.release = [](void* db, std::uint64_t number) { static_cast<model_database*>(db)->release(number); };
    return made;
}

void model_database::define(const acta_table& described) {
    if (!defining_) throw failure(errc::misuse, "tables are defined while a projection is created, not later");
    const typed_table table(described);
    const auto other = [&](const std::string& why) {
        throw failure(errc::outdated_read_model, on_.shown() + " has another table '" + table.name + "': " + why +
                                                     ". Raise the projection's revision, and rebuild it or replay into a new file");
    };
    if (rules_.is_typed(table.name)) {
        if (const std::string why = table.difference_to_stored(on_); !why.empty()) other(why);
    } else {
        statement there(on_, "SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE");
        if (there.bind(1, table.name).step()) other("it is there already, but no typed one");
        if (functions_.read_only) other("it is not there");
        on_.run(table.create_table().c_str());
        statement(on_, "INSERT INTO acta_table (name, projection) VALUES (?, ?)").bind(1, table.name).bind(2, projection_).finish();
        rules_.add_typed_table(table.name);
    }
    if (how_ == definition::make) table.adjust_indexes(on_);
    schema_ += table.create_table() + ";\n";
}

std::uint64_t model_database::prepare(std::string_view sql, std::int32_t by) {
    if (by != ACTA_BY_TABLE && by != ACTA_BY_AUTHOR)
        throw failure(errc::misuse, "a statement is prepared by ACTA_BY_TABLE or ACTA_BY_AUTHOR");
    if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw failure(errc::too_large, "an SQL statement is longer than 2 GiB");
    auto made = std::make_unique<prepared>();
    made->by = by == ACTA_BY_TABLE ? authority::who::table : authority::who::author;
    sqlite3_stmt* handle = nullptr;
    const char* tail = nullptr;
    rules_.listen();
    {
        const speaking turn(rules_, made->by, defining_);
        const int code =
            sqlite3_prepare_v3(on_.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle, &tail);
        if (code != SQLITE_OK) fail_to_prepare(code, sql);
    }
    made->handle.reset(handle);
    if (!handle) throw failure(errc::misuse, "an SQL statement is empty");
    if (!only_blanks(tail, sql.data() + sql.size()))
        throw failure(errc::misuse, "the SQL " + in_quotes(sql) + " is more than one statement: give them one by one");
    if (functions_.read_only && sqlite3_stmt_readonly(handle) == 0)
        throw failure(errc::misuse, "the statement " + in_quotes(sql) + " writes, but this read model was opened for reading");
    if (defining_ && creates(sql)) (schema_ += sql) += ";\n";
    made->parameters = static_cast<std::size_t>(sqlite3_bind_parameter_count(handle));
    made->columns = static_cast<std::size_t>(sqlite3_column_count(handle));

    if (!free_.empty()) {
        const std::uint64_t number = free_.back();
        free_.pop_back();
        statements_[number - 1] = std::move(made);
        return number;
    }
    statements_.push_back(std::move(made));
    return statements_.size();
}

model_database::prepared& model_database::at(std::uint64_t number) {
    if (number == 0 || number > statements_.size() || !statements_[number - 1])
        throw failure(errc::misuse, "there is no statement with that number");
    return *statements_[number - 1];
}

void model_database::make_room(std::size_t wanted, std::size_t given) const {
    if (given < wanted)
        throw failure(errc::misuse, "the statement answers " + std::to_string(wanted) + " columns, but there is room for " +
                                        std::to_string(given) + ": use query for statements that answer rows, with a type for each column");
}

bool model_database::run(std::uint64_t number, const acta_value* parameters, std::size_t parameter_count, acta_value* row,
                         std::size_t column_count) {
    const prepared& statement = at(number);
    make_room(statement.columns, column_count);
    if (parameter_count != statement.parameters)
        throw failure(errc::misuse, "the statement " + in_quotes(sqlite3_sql(statement.handle.get())) + " has " +
                                        std::to_string(statement.parameters) + " parameters, and " + std::to_string(parameter_count) +
                                        " were given");
    if (sqlite3_get_autocommit(on_.handle()) != 0)
        throw failure(errc::io, on_.shown() + ": there is no transaction any more; SQLite ended it after an earlier failure");
    sqlite3_reset(statement.handle.get());
    for (std::size_t i = 0; i < parameter_count; ++i) bind(statement, static_cast<int>(i + 1), parameters[i]);
    return step(statement, row);
}

bool model_database::next(std::uint64_t number, acta_value* row, std::size_t column_count) {
    const prepared& statement = at(number);
    make_room(statement.columns, column_count);
    if (sqlite3_stmt_busy(statement.handle.get()) == 0) return false;  // it ended, and must not begin again by itself
    return step(statement, row);
}

void model_database::reset(std::uint64_t number) noexcept {
    if (number > 0 && number <= statements_.size() && statements_[number - 1]) sqlite3_reset(statements_[number - 1]->handle.get());
}

void model_database::release(std::uint64_t number) noexcept {
    if (number == 0 || number > statements_.size() || !statements_[number - 1]) return;
    statements_[number - 1].reset();
    try {
        free_.push_back(number);
    } catch (...) {  // out of memory: the number stays unused
    }
}

/// A statement that answers rows lives on after the call, a writing one does not: only the first has to copy what it is given.
void model_database::bind(const prepared& statement, int place, const acta_value& value) {
    sqlite3_stmt* const handle = statement.handle.get();
    const auto lifetime = statement.columns > 0 ? SQLITE_TRANSIENT : SQLITE_STATIC;
    const void* const data = value.data ? value.data : "";
    int code = SQLITE_OK;
    switch (value.type) {
    case ACTA_NULL: code = sqlite3_bind_null(handle, place); break;
    case ACTA_INTEGER: code = sqlite3_bind_int64(handle, place, value.integer); break;
    case ACTA_REAL: code = sqlite3_bind_double(handle, place, value.real); break;
    case ACTA_TEXT: code = sqlite3_bind_text64(handle, place, static_cast<const char*>(data), value.size, lifetime, SQLITE_UTF8); break;
    case ACTA_BLOB: code = sqlite3_bind_blob64(handle, place, data, value.size, lifetime); break;
    default: throw failure(errc::misuse, "a parameter is of a type that abi.h does not know");
    }
    if (code != SQLITE_OK) fail(code, statement);
}

bool model_database::step(const prepared& statement, acta_value* row) {
    sqlite3_stmt* const handle = statement.handle.get();
    int code = SQLITE_OK;
    {
        const speaking turn(rules_, statement.by, defining_);  // SQLite compiles anew when the tables have changed
        code = sqlite3_step(handle);
    }
    if (code == SQLITE_DONE) {
        sqlite3_reset(handle);
        return false;
    }
    if (code != SQLITE_ROW) fail(code, statement);
    for (int i = 0; i < static_cast<int>(statement.columns); ++i) {
        acta_value& out = row[i];
        out = {};
        switch (sqlite3_column_type(handle, i)) {
        case SQLITE_INTEGER: out.type = ACTA_INTEGER, out.integer = sqlite3_column_int64(handle, i); break;
        case SQLITE_FLOAT: out.type = ACTA_REAL, out.real = sqlite3_column_double(handle, i); break;
        case SQLITE_TEXT: out.type = ACTA_TEXT, out.data = sqlite3_column_text(handle, i); break;
        case SQLITE_BLOB: out.type = ACTA_BLOB, out.data = sqlite3_column_blob(handle, i); break;
        default: out.type = ACTA_NULL; break;
        }
        if (out.type == ACTA_TEXT || out.type == ACTA_BLOB) out.size = static_cast<std::size_t>(sqlite3_column_bytes(handle, i));
    }
    return true;
}

void model_database::fail(int code, const prepared& statement) {
    const std::string why = printable(sqlite3_errmsg(on_.handle()));
    const std::string sql = in_quotes(sqlite3_sql(statement.handle.get()));
    sqlite3_reset(statement.handle.get());
    errc kind = code_of(code);
    if (!worldly(kind) || (code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_ERROR) kind = errc::misuse;
    throw failure(kind, on_.shown() + ": the statement " + sql + " failed: " + why);
}

void model_database::fail_to_prepare(int code, std::string_view sql) {
    const std::string& refused = rules_.refusal();
    if (!refused.empty()) throw failure(errc::misuse, "the statement " + in_quotes(sql) + " is refused: " + refused);
    const std::string why = printable(sqlite3_errmsg(on_.handle()));
    const bool again = defining_ && why.ends_with("already exists");
    const errc kind = code_of(code);
    throw failure(worldly(kind) && (code & 0xff) != SQLITE_ERROR ? kind : errc::misuse,
                  on_.shown() + ": the statement " + in_quotes(sql) + " does not compile: " + why +
                      (again ? "; write CREATE ... IF NOT EXISTS" : ""));
}

}  // namespace acta::detail
