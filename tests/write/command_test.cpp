#include "bank.hpp"

#include <doctest/doctest.h>

TEST_CASE("a command is a plain struct with a stored name, and nothing else is one") {
    CHECK(acta::command<bank::withdraw>);
    CHECK_FALSE(acta::command<bank::withdrawn>);
    CHECK_FALSE(acta::command<int>);
    CHECK(bank::withdraw::command.name == "account.withdraw");
}

TEST_CASE("a list of commands knows which it holds") {
    using list = acta::commands<bank::deposit, bank::withdraw>;
    CHECK(list::size == 2);
    CHECK(list::contains<bank::withdraw>);
    CHECK_FALSE(list::contains<bank::open_account>);
}
