// The tables of a store as SQL, and the comparison of a file's schema with them.
#pragma once

#include "open_file.hpp"

#include <span>
#include <string_view>

namespace acta::detail {

constexpr file_mark store_mark{0x61637461, 1, "an acta store", ", or set allow_network_file_system"};  // "acta", format 1

/// The statements that make an empty store, one object each.
std::span<const std::string_view> store_schema() noexcept;

/// Makes the tables and the rows that describe the store, in one transaction.
void make_store(const connection& on, byte_span uuid, std::int64_t created_at);

/// Throws failure(damaged) unless the schema is the expected one, to the letter: a table, trigger or view more or less may be an
/// attack, or the loss of the triggers that keep events immutable.
void check_schema(const connection& on);

/// Throws failure(damaged) when two tables or indexes claim the same page: what is written to one would overwrite rows of the other.
void check_pages(const connection& on);

}  // namespace acta::detail
