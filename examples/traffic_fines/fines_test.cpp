#include <acta/testing/projection_spec.hpp>

#include "fines.hpp"

#include <doctest/doctest.h>

using namespace traffic;
using namespace std::chrono_literals;
using status = traffic::fine_status;

namespace {

const written_time day{std::chrono::sys_days(2006y / 7 / 3) + 10h, 120min};

const created a_fine{day, 35'00};
const sent by_post{day, 10'00};
const penalised a_penalty{day, 70'00};
const appeal_sent an_appeal{day, "#"};

payment_received payment(std::int64_t cents) { return {day, cents}; }

/// A fine of 2006, created and then these events.
template <class... E>
acta::testing::projection_spec<fines> after(const E&... event) {
    acta::testing::projection_spec<fines> spec;
    spec.given("fine-A100", a_fine, event...);
    return spec;
}

}  // namespace

TEST_CASE("a fine starts with its amount outstanding") {
    after().then_rows(fine_row{"A100", 2006, status::created, 35'00, 0, 0, 35'00, 1}).then_rows(year_row{2006, 1, 0, 35'00});
}

TEST_CASE("the expense of sending is added to what is owed") {
    after(by_post).then_rows(fine_row{"A100", 2006, status::sent, 35'00, 10'00, 0, 45'00, 2});
    after(by_post, by_post).then_rows(fine_row{"A100", 2006, status::sent, 35'00, 20'00, 0, 55'00, 3});
}

TEST_CASE("a penalty replaces the amount") {
    after(by_post, a_penalty).then_rows(fine_row{"A100", 2006, status::penalised, 70'00, 10'00, 0, 80'00, 3});
}

TEST_CASE("a fine is paid by the payment that reaches amount and expense") {
    after(by_post, payment(44'99)).then_rows(fine_row{"A100", 2006, status::sent, 35'00, 10'00, 44'99, 1, 3});
    after(by_post, payment(44'99), payment(1)).then_rows(fine_row{"A100", 2006, status::paid, 35'00, 10'00, 45'00, 0, 4});
}

TEST_CASE("who pays too much has nothing outstanding, and the year does not gain by it") {
    after(payment(50'00)).then_rows(fine_row{"A100", 2006, status::paid, 35'00, 0, 50'00, 0, 2}).then_rows(year_row{2006, 1, 50'00, 0});
    after(payment(50'00), by_post)
        .then_rows(fine_row{"A100", 2006, status::sent, 35'00, 10'00, 50'00, 0, 3})
        .then_rows(year_row{2006, 1, 50'00, 0});
}

TEST_CASE("a paid fine can be sent, penalised and owed again") {
    after(payment(35'00), by_post).then_rows(fine_row{"A100", 2006, status::sent, 35'00, 10'00, 35'00, 10'00, 3});
    after(payment(35'00), a_penalty)
        .then_rows(fine_row{"A100", 2006, status::penalised, 70'00, 0, 35'00, 35'00, 3})
        .then_rows(year_row{2006, 1, 35'00, 35'00});
}

TEST_CASE("every appeal is an appeal, and its results change nothing but the count") {
    after(appeal_dated{day}).then_rows(fine_row{"A100", 2006, status::appealed, 35'00, 0, 0, 35'00, 2});
    after(an_appeal).then_rows(fine_row{"A100", 2006, status::appealed, 35'00, 0, 0, 35'00, 2});
    after(appealed_to_judge{day}).then_rows(fine_row{"A100", 2006, status::appealed, 35'00, 0, 0, 35'00, 2});
    after(an_appeal, appeal_result_received{day}, offender_notified{day})
        .then_rows(fine_row{"A100", 2006, status::appealed, 35'00, 0, 0, 35'00, 4});
    after(an_appeal, a_penalty, offender_notified{day}).then_rows(fine_row{"A100", 2006, status::penalised, 70'00, 0, 0, 70'00, 4});
}

TEST_CASE("a notification and credit collection move a fine on") {
    after(by_post, notified{day, "P", "N"}).then_rows(fine_row{"A100", 2006, status::notified, 35'00, 10'00, 0, 45'00, 3});
    after(sent_to_collection{day}).then_rows(fine_row{"A100", 2006, status::in_collection, 35'00, 0, 0, 35'00, 2});
}

TEST_CASE("a disputed total changes nothing but the count") {
    after(payment(35'00), total_disputed{day, 35'00, 90'00}).then_rows(fine_row{"A100", 2006, status::paid, 35'00, 0, 35'00, 0, 3});
}

TEST_CASE("a fine belongs to the year on the paper, not to the one of UTC") {
    const written_time new_year{std::chrono::sys_days(2001y / 1 / 1) - 1h, 60min};
    acta::testing::projection_spec<fines>().given("fine-A1", created{new_year, 1'00}).then_rows(year_row{2001, 1, 0, 1'00});
}

TEST_CASE("a year sums the fines that were created in it, whenever they are paid") {
    const written_time later{std::chrono::sys_days(2009y / 1 / 1), 60min};
    acta::testing::projection_spec<fines>()
        .given("fine-A1", a_fine)
        .given("fine-A2", a_fine, a_penalty)
        .given("fine-B1", created{later, 20'00})
        .given("fine-A1", payment_received{later, 30'00})
        .then_rows(year_row{2006, 2, 30'00, 75'00}, year_row{2009, 1, 0, 20'00});
}

TEST_CASE("other streams are not fines") {
    acta::testing::projection_spec<fines>().given("account-A100", a_fine).then_no_rows<fine_row>().then_no_rows<year_row>();
}
