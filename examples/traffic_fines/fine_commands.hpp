// What can be asked of a fine: one command for each kind of line in the log of the police, and who decides it.
#pragma once

#include <acta/write/handler.hpp>

#include "fine.hpp"

#include <variant>

namespace traffic {

struct create_fine {
    static constexpr acta::command_type command{"fine.create"};
    std::string case_id{};
    written_time when{};
    std::int64_t amount_cents = 0;
    std::optional<std::int64_t> total_paid_cents{};
    std::optional<std::int32_t> article{};
    std::optional<std::int32_t> points{};
    std::optional<std::string> vehicle_class{};
    std::optional<std::string> resource{};
    std::optional<std::string> dismissal{};
};

struct send_fine {
    static constexpr acta::command_type command{"fine.send"};
    std::string case_id{};
    written_time when{};
    std::int64_t expense_cents = 0;
};

struct insert_notification {
    static constexpr acta::command_type command{"fine.insert_notification"};
    std::string case_id{};
    written_time when{};
    std::optional<std::string> notification_type{};
    std::optional<std::string> last_sent{};
};

struct add_penalty {
    static constexpr acta::command_type command{"fine.add_penalty"};
    std::string case_id{};
    written_time when{};
    std::int64_t amount_cents = 0;
};

struct record_payment {
    static constexpr acta::command_type command{"fine.record_payment"};
    std::string case_id{};
    written_time when{};
    std::int64_t cents = 0;
    std::optional<std::int64_t> total_paid_cents{};  ///< as the police count, this payment included
};

struct insert_appeal_date {
    static constexpr acta::command_type command{"fine.insert_appeal_date"};
    std::string case_id{};
    written_time when{};
};

struct send_appeal {
    static constexpr acta::command_type command{"fine.send_appeal"};
    std::string case_id{};
    written_time when{};
    std::optional<std::string> dismissal{};
};

struct receive_appeal_result {
    static constexpr acta::command_type command{"fine.receive_appeal_result"};
    std::string case_id{};
    written_time when{};
};

struct notify_offender {
    static constexpr acta::command_type command{"fine.notify_offender"};
    std::string case_id{};
    written_time when{};
};

struct appeal_to_judge {
    static constexpr acta::command_type command{"fine.appeal_to_judge"};
    std::string case_id{};
    written_time when{};
    std::optional<std::string> resource{};
    std::optional<std::string> dismissal{};
    std::optional<std::string> matricola{};
};

struct send_to_collection {
    static constexpr acta::command_type command{"fine.send_to_collection"};
    std::string case_id{};
    written_time when{};
};

/// Any of them: what a line of the log becomes.
using fine_command = std::variant<create_fine, send_fine, insert_notification, add_penalty, record_payment, insert_appeal_date, send_appeal,
                                  receive_appeal_result, notify_offender, appeal_to_judge, send_to_collection>;

/// Creating a fine twice, and anything for one that was not created, acta refuses by itself: acta::already_exists and
/// acta::does_not_exist. Which of the two applies, the arguments of a `decide` say.
struct fine_commands {
    using aggregate = fine;
    using commands = acta::commands<create_fine, send_fine, insert_notification, add_penalty, record_payment, insert_appeal_date,
                                    send_appeal, receive_appeal_result, notify_offender, appeal_to_judge, send_to_collection>;
    static constexpr acta::refusal payment_not_positive{"fine.payment_not_positive", "a payment must be more than nothing"};
    static const std::string& id(const auto& command) { return command.case_id; }

    static acta::decision<created> decide(const create_fine& c) {
        return created{c.when, c.amount_cents, c.total_paid_cents, c.article, c.points, c.vehicle_class, c.resource, c.dismissal};
    }
    static acta::decision<payment_received, total_disputed> decide(const fine& f, const record_payment& c) {
        if (c.cents <= 0) return payment_not_positive;
        const payment_received payment{c.when, c.cents};
        const std::int64_t our_total = f.paid_cents + c.cents;
        if (c.total_paid_cents.value_or(our_total) == our_total) return payment;
        return {payment, total_disputed{c.when, our_total, *c.total_paid_cents}};
    }

    static acta::decision<sent> decide(const fine&, const send_fine& c) { return sent{c.when, c.expense_cents}; }
    static acta::decision<notified> decide(const fine&, const insert_notification& c) {
        return notified{c.when, c.notification_type, c.last_sent};
    }
    static acta::decision<penalised> decide(const fine&, const add_penalty& c) { return penalised{c.when, c.amount_cents}; }
    static acta::decision<appeal_dated> decide(const fine&, const insert_appeal_date& c) { return appeal_dated{c.when}; }
    static acta::decision<appeal_sent> decide(const fine&, const send_appeal& c) { return appeal_sent{c.when, c.dismissal}; }
    static acta::decision<appeal_result_received> decide(const fine&, const receive_appeal_result& c) {
        return appeal_result_received{c.when};
    }
    static acta::decision<offender_notified> decide(const fine&, const notify_offender& c) { return offender_notified{c.when}; }
    static acta::decision<appealed_to_judge> decide(const fine&, const appeal_to_judge& c) {
        return appealed_to_judge{c.when, c.resource, c.dismissal, c.matricola};
    }
    static acta::decision<sent_to_collection> decide(const fine&, const send_to_collection& c) { return sent_to_collection{c.when}; }
};

}  // namespace traffic
