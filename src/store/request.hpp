// The rules of an append that need no look at the store.
#pragma once

#include <acta/store/append.hpp>
#include <acta/store/options.hpp>

namespace acta::detail {

constexpr std::size_t most_command_name = 200;
constexpr std::size_t most_answer = 64 << 10;
constexpr std::size_t most_query_items = 1'000;
constexpr position most_scanned_by_condition = 100'000;

/// Throws failure(misuse, bad_name, too_large) with the sentence for whoever gave the request.
void check_request(const append_request& request, const options& how);
/// `where` begins the sentence: "a condition".
void check_query(const query& what, const char* where);

}  // namespace acta::detail
