// The host's functions over one read model, with owners and exceptions: what tables and acta::sql stand on.
#pragma once

#include <acta/read/abi.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace acta::detail::rows {

/// A read model as a table sees it. `owner`, where there is one, keeps it alive.
struct binding {
    const acta_database* database = nullptr;
    std::shared_ptr<void> owner;

    explicit operator bool() const noexcept { return database != nullptr; }
    bool read_only() const noexcept { return database->read_only != 0; }
};

/// Makes a table, or checks that it is there as described. Throws failure with the host's sentence.
void define(const acta_database& database, const acta_table& table);

/// One prepared statement. Borrowed: the database outlives it. Used by one thread at a time; every failure of the host is thrown.
class bound_statement {
public:
    bound_statement() = default;
    bound_statement(const acta_database& database, std::string_view sql, std::int32_t by);
    bound_statement(bound_statement&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)), number_(std::exchange(other.number_, 0)) {}
    bound_statement& operator=(bound_statement&& other) noexcept {
        std::swap(database_, other.database_);
        std::swap(number_, other.number_);
        return *this;
    }
    ~bound_statement() {
        if (database_) database_->release(database_->self, number_);
    }

    explicit operator bool() const noexcept { return database_ != nullptr; }

    /// Starts it anew. True: `row` was filled; its texts live until the next call.
    bool run(std::span<const acta_value> parameters, std::span<acta_value> row = {});
    bool next(std::span<acta_value> row);
    void reset() noexcept {
        if (database_) database_->reset(database_->self, number_);
    }

private:
    const acta_database* database_ = nullptr;
    std::uint64_t number_ = 0;
};

}  // namespace acta::detail::rows
