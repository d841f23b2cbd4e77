// A value or an error, and the names of the error codes.
#include <acta/event/result.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <set>

namespace {

using number = acta::result<int>;

acta::errc code_thrown(const std::function<void()>& what) {
    try {
        what();
    } catch (const acta::failure& why) { return why.code(); }
    return acta::errc{};
}

}  // namespace

TEST_CASE("a result holds its value") {
    number held(5);
    CHECK(held.has_value());
    CHECK(static_cast<bool>(held));
    CHECK(held.value() == 5);
    *held = 6;
    CHECK(*std::as_const(held) == 6);
    acta::result<std::string> text(std::string("abc"));
    CHECK(text->size() == 3);
    CHECK(std::as_const(text)->size() == 3);
}

TEST_CASE("a result holds its error, and throws it at who asks for the value") {
    const number none(acta::error{acta::errc::not_found, "there is no such stream"});
    CHECK_FALSE(none.has_value());
    CHECK(none.error().code == acta::errc::not_found);
    CHECK(none.error().text == "there is no such stream");
    CHECK_THROWS_WITH_AS(none.value(), "there is no such stream", acta::failure);
    CHECK(code_thrown([&] { (void)*none; }) == acta::errc::not_found);
}

TEST_CASE("asking a value for its error is a misuse") {
    const number held(5);
    CHECK(code_thrown([&] { (void)held.error(); }) == acta::errc::misuse);
}

TEST_CASE("a value that cannot be copied can be taken out") {
    acta::result<std::unique_ptr<int>> held(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = *std::move(held);
    CHECK(*taken == 7);
}

TEST_CASE("a failure is an exception with a code and a sentence") {
    const acta::failure why(acta::errc::io, "the disk is on fire: leave the building");
    CHECK(why.code() == acta::errc::io);
    CHECK(std::string(why.what()) == "the disk is on fire: leave the building");
    CHECK(dynamic_cast<const std::runtime_error*>(&why) != nullptr);
}

TEST_CASE("every code has a name of its own") {
    std::set<std::string> names;
    for (int code = 1; code <= static_cast<int>(acta::errc::bad_input); ++code) {
        const std::string name = acta::to_string(static_cast<acta::errc>(code));
        CHECK(name != "unnamed");
        CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
        CHECK(names.insert(name).second);
    }
    CHECK(std::string(acta::to_string(acta::errc{})) == "unnamed");
    CHECK(std::string(acta::to_string(acta::errc::unknown_outcome)) == "unknown_outcome");
}
