#include <acta/testing/given.hpp>

#include "fine_commands.hpp"

#include <doctest/doctest.h>

using namespace traffic;
using namespace std::chrono_literals;
using acta::testing::given;

namespace {

const written_time monday{std::chrono::sys_days(2006y / 7 / 3) + 10h, 120min};
const written_time tuesday{std::chrono::sys_days(2006y / 7 / 4) + 10h, 120min};

const created a_fine{monday, 35'00, 0, 157, 0, "A", "538", "NIL"};

}  // namespace

TEST_CASE("a fine keeps all that its first line gives") {
    given<fine_commands>()
        .when(create_fine{"A100", monday, 35'00, 0, 157, 2, "A", "538", "NIL"})
        .then(created{monday, 35'00, 0, 157, 2, "A", "538", "NIL"});
}

TEST_CASE("what its first line leaves open stays open") {
    given<fine_commands>().when(create_fine{.case_id = "A100", .when = monday, .amount_cents = 35'00}).then(created{monday, 35'00});
}

TEST_CASE("a fine is created once") {
    given<fine_commands>(a_fine).when(create_fine{"A100", tuesday, 35'00}).then_refused(acta::already_exists);
}

TEST_CASE("nothing happens to a fine that was not created") {
    const auto nobody = given<fine_commands>();
    nobody.when(send_fine{"A100", monday, 11'00}).then_refused(acta::does_not_exist);
    nobody.when(insert_notification{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(add_penalty{"A100", monday, 71'50}).then_refused(acta::does_not_exist);
    nobody.when(record_payment{"A100", monday, 35'00}).then_refused(acta::does_not_exist);
    nobody.when(insert_appeal_date{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(send_appeal{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(receive_appeal_result{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(notify_offender{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(appeal_to_judge{"A100", monday}).then_refused(acta::does_not_exist);
    nobody.when(send_to_collection{"A100", monday}).then_refused(acta::does_not_exist);
}

TEST_CASE("a payment that both sides count alike is one event") {
    given<fine_commands>(a_fine).when(record_payment{"A100", tuesday, 35'00, 35'00}).then(payment_received{tuesday, 35'00});
    given<fine_commands>(a_fine, payment_received{monday, 20'00})
        .when(record_payment{"A100", tuesday, 15'00, 35'00})
        .then(payment_received{tuesday, 15'00});
}

TEST_CASE("a payment whose total the police count otherwise is received and disputed in one decision") {
    given<fine_commands>(a_fine, payment_received{monday, 20'00})
        .when(record_payment{"A100", tuesday, 15'00, 15'00})
        .then(payment_received{tuesday, 15'00}, total_disputed{tuesday, 35'00, 15'00});
}

TEST_CASE("a dispute does not change what we count") {
    given<fine_commands>(a_fine, payment_received{monday, 20'00}, total_disputed{monday, 20'00, 90'00})
        .when(record_payment{"A100", tuesday, 15'00, 35'00})
        .then(payment_received{tuesday, 15'00})
        .then_state([](const fine& f) { CHECK(f.paid_cents == 35'00); });
}

TEST_CASE("a payment whose total the police do not tell disputes nothing") {
    given<fine_commands>(a_fine).when(record_payment{"A100", tuesday, 15'00}).then(payment_received{tuesday, 15'00});
}

TEST_CASE("a payment of zero or less is refused") {
    given<fine_commands>(a_fine).when(record_payment{"A100", tuesday, 0, 0}).then_refused(fine_commands::payment_not_positive);
    given<fine_commands>(a_fine).when(record_payment{"A100", tuesday, -1, 0}).then_refused(fine_commands::payment_not_positive);
    given<fine_commands>(a_fine).when(record_payment{"A100", tuesday, 1, 1}).then(payment_received{tuesday, 1});
}

TEST_CASE("every other line is one event that keeps all that the line gives") {
    const auto fine = given<fine_commands>(a_fine);
    fine.when(send_fine{"A100", tuesday, 13'50}).then(sent{tuesday, 13'50});
    fine.when(insert_notification{"A100", tuesday, "P", "N"}).then(notified{tuesday, "P", "N"});
    fine.when(add_penalty{"A100", tuesday, 71'50}).then(penalised{tuesday, 71'50});
    fine.when(insert_appeal_date{"A100", tuesday}).then(appeal_dated{tuesday});
    fine.when(send_appeal{"A100", tuesday, "#"}).then(appeal_sent{tuesday, "#"});
    fine.when(receive_appeal_result{"A100", tuesday}).then(appeal_result_received{tuesday});
    fine.when(notify_offender{"A100", tuesday}).then(offender_notified{tuesday});
    fine.when(appeal_to_judge{"A100", tuesday, "0", "G", "7"}).then(appealed_to_judge{tuesday, "0", "G", "7"});
    fine.when(send_to_collection{"A100", tuesday}).then(sent_to_collection{tuesday});
}

TEST_CASE("the year of a time is the one on the paper") {
    const auto new_year = std::chrono::sys_days(2001y / 1 / 1);
    CHECK(written_time{new_year - 1h, 60min}.year() == 2001);    // 2001-01-01T00:00:00+01:00
    CHECK(written_time{new_year - 1h, 0min}.year() == 2000);     // 2000-12-31T23:00:00Z
    CHECK(written_time{new_year + 1h, -120min}.year() == 2000);  // 2000-12-31T23:00:00-02:00
}
