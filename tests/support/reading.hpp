// What a log holds as values that can be compared and printed, and what a call throws.
#pragma once

#include <acta/store/sqlite.hpp>

#include "account_events.hpp"
#include "temporary.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

/// One stored event, copied, with names in the place of numbers.
struct seen {
    acta::position position = 0;
    acta::version version = 0;
    std::int64_t recorded_at = 0;
    std::string stream{};
    std::string type{};
    std::string payload{};
    std::string shared{};
    std::string own{};
    std::string tags{};  // each followed by a space
    friend bool operator==(const seen&, const seen&) = default;
    friend std::ostream& operator<<(std::ostream& out, const seen& one) {
        return out << one.position << ' ' << one.stream << '@' << one.version << ' ' << one.type << ' ' << one.tags;
    }
};

std::vector<seen> read_all(const acta::log& from, const acta::read_options& what = {});
std::vector<seen> read_all(const acta::log& from, const acta::stream_name& stream, const acta::read_options& what = {});
std::vector<acta::position> positions(const std::vector<seen>& events);
std::vector<acta::version> versions(const std::vector<seen>& events);

/// Every position is there once up to `head`, and every stream's versions without a gap.
void check_gapless(const acta::log& of, acta::position head);

/// `count` deposits of 1, 2, 3...
std::vector<acta::new_event> deposits(std::size_t count);
acta::stream_name account(const std::string& id);
acta::append_request request(const acta::stream_name& stream, acta::expected_version expected, std::vector<acta::new_event> events);

/// What a call throws; a failure with a text of its own when it throws nothing.
template <class Call>
acta::failure thrown_by(Call&& call) {
    try {
        call();
    } catch (const acta::failure& why) { return why; }
    return {acta::errc::misuse, "nothing was thrown"};
}

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
inline bool says(const acta::failure& why, std::string_view part) { return says(std::string(why.what()), part); }

/// Runs a test on a store in a file and on one in memory.
template <class Test>
void on_each_store(Test test) {
    SUBCASE("in a file") {
        const folder here;
        acta::sqlite_log log(here / "bank.acta");
        test(log);
    }
    SUBCASE("in memory") {
        acta::sqlite_log log(":memory:");
        test(log);
    }
}

}  // namespace tests

namespace doctest {
template <>
struct StringMaker<acta::errc> {
    static String convert(acta::errc code) { return acta::to_string(code); }
};
template <class T>
    requires requires(std::ostream& out, const T& one) { out << one; }
struct StringMaker<std::vector<T>> {
    static String convert(const std::vector<T>& all) {
        std::ostringstream out;
        out << all.size() << " {";
        for (std::size_t i = 0; i < all.size() && i < 20; ++i) out << (i == 0 ? "" : ", ") << all[i];
        out << (all.size() > 20 ? ", ...}" : "}");
        return out.str().c_str();
    }
};
}  // namespace doctest
