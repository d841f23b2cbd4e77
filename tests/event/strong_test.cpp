// A strong type is the value inside, with a type of its own.
#include <acta/event/strong.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace {

using account_id = acta::strong<struct account_tag, std::string>;
using owner_id = acta::strong<struct owner_tag, std::string>;

struct some_archive {};

}  // namespace

TEST_CASE("two strong types of one value are not each other, nor made by accident") {
    static_assert(!std::is_convertible_v<std::string, account_id>);
    static_assert(!std::is_convertible_v<account_id, owner_id>);
    static_assert(!std::is_constructible_v<account_id, owner_id>);
    static_assert(std::is_same_v<account_id::value_type, std::string>);
    CHECK(account_id("ada").get() == "ada");
    CHECK(account_id().get().empty());
    CHECK(acta::strong<struct number_tag, int>().get() == 0);
}

TEST_CASE("strong values compare and hash as the value inside") {
    CHECK(account_id("ada") == account_id("ada"));
    CHECK(account_id("ada") != account_id("bob"));
    CHECK(account_id("ada") < account_id("bob"));
    CHECK(std::hash<account_id>{}(account_id("ada")) == std::hash<std::string>{}("ada"));
    CHECK(std::unordered_set{account_id("ada"), account_id("ada")}.size() == 1);
}

TEST_CASE("the value can be taken out of a strong value that ends") {
    acta::strong<struct pointer_tag, std::unique_ptr<int>> held(std::make_unique<int>(5));
    const std::unique_ptr<int> taken = std::move(held).get();
    CHECK(*taken == 5);
}

TEST_CASE("archives see the value inside") {
    account_id id("ada");
    CHECK(id.save_minimal(some_archive{}) == "ada");
    id.load_minimal(some_archive{}, "bob");
    CHECK(id == account_id("bob"));
}
