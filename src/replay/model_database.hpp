// The functions of abi.h's acta_database over one SQLite connection.
#pragma once

#include <acta/event/result.hpp>
#include <acta/read/abi.h>

#include "replay/authority.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace acta::detail {

/// What a projection object does to the tables that it defines.
enum class definition : std::uint8_t {
    compare,           ///< it may only read
    make,              ///< what is not there
    make_but_indexes,  ///< those of typed tables come later, when `make` says so
};

/// What one projection object sees of a read model: its own statements on the model's connection. Every call has to happen inside a
/// transaction of the host. Used by one thread at a time; the connection and the authority outlive it. Never moves: the projection
/// holds its address.
class model_database {
public:
    /// `projection` is the name under which its tables are noted.
    model_database(const connection& on, authority& rules, std::string projection, definition how);
    model_database(const model_database&) = delete;
    model_database& operator=(const model_database&) = delete;

    const acta_database& functions() const noexcept { return functions_; }

    /// A projection object is being created: from now on it may define tables and make tables of its own.
    void begin_defining();
    /// The text of all tables that were made or found since, to be compared with what is stored.
    std::string end_defining();

    /// The first failure since forget_trouble() after which nothing may be committed, even if the projection makes nothing of it: a full
    /// disk, a damaged file, tables of another shape, a statement that ended the transaction.
    const std::optional<failure>& trouble() const noexcept { return trouble_; }
    void forget_trouble() noexcept { trouble_.reset(); }

private:
    struct finalizer {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };
    struct prepared {
        std::unique_ptr<sqlite3_stmt, finalizer> handle;
        authority::who by = authority::who::author;
        std::size_t parameters = 0;
        std::size_t columns = 0;
    };

    // What the function table points to; an exception of theirs becomes a status and a sentence.
    void define(const acta_table& table);
    std::uint64_t prepare(std::string_view sql, std::int32_t by);
    bool run(std::uint64_t number, const acta_value* parameters, std::size_t parameter_count, acta_value* row, std::size_t column_count);
    bool next(std::uint64_t number, acta_value* row, std::size_t column_count);
    void reset(std::uint64_t number) noexcept;
    void release(std::uint64_t number) noexcept;
    template <class Body>
    static acta_status answered(void* self, acta_error* error, const Body& body) noexcept;
    static acta_database function_table(model_database* self, bool read_only) noexcept;

    prepared& at(std::uint64_t number);
    void bind(const prepared& statement, int place, const acta_value& value);
    bool step(const prepared& statement, acta_value* row);
    void make_room(std::size_t wanted, std::size_t given) const;
    [[noreturn]] void fail(int code, const prepared& statement);
    [[noreturn]] void fail_to_prepare(int code, std::string_view sql);

    const connection& on_;
    authority& rules_;
    std::string projection_;
    definition how_;
    bool defining_ = false;
    std::string schema_;
    std::vector<std::unique_ptr<prepared>> statements_;  // by number - 1; null: released
    std::vector<std::uint64_t> free_;
    std::optional<failure> trouble_;
    acta_database functions_;
};

}  // namespace acta::detail
