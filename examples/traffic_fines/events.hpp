// What can happen to a traffic fine: the vocabulary that commands, aggregate and projection share.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace traffic {

/// A time as the police wrote it down: the moment, and the zone it was written in.
struct written_time {
    std::chrono::sys_seconds at{};
    std::chrono::minutes zone{};  ///< east of Greenwich

    /// The year on the paper, which in the hours around New Year is not the one of UTC.
    std::int32_t year() const {
        return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(at + zone)).year());
    }
    friend bool operator==(const written_time&, const written_time&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("at", at), acta::field("zone", zone));
    }
};

// All amounts are cents of a euro. What the police left open is an empty optional.

/// Create Fine.
struct created {
    static constexpr acta::event_type event{"fine.created", 1};
    written_time when{};
    std::int64_t amount_cents = 0;
    std::optional<std::int64_t> total_paid_cents{};
    std::optional<std::int32_t> article{};
    std::optional<std::int32_t> points{};
    std::optional<std::string> vehicle_class{};
    std::optional<std::string> resource{};
    std::optional<std::string> dismissal{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("amount_cents", amount_cents), acta::field("total_paid_cents", total_paid_cents),
           acta::field("article", article), acta::field("points", points), acta::field("vehicle_class", vehicle_class),
           acta::field("resource", resource), acta::field("dismissal", dismissal));
    }
};

/// Send Fine.
struct sent {
    static constexpr acta::event_type event{"fine.sent", 1};
    written_time when{};
    std::int64_t expense_cents = 0;  ///< of the post, added to what is owed
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("expense_cents", expense_cents));
    }
};

/// Insert Fine Notification.
struct notified {
    static constexpr acta::event_type event{"fine.notified", 1};
    written_time when{};
    std::optional<std::string> notification_type{};
    std::optional<std::string> last_sent{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("notification_type", notification_type), acta::field("last_sent", last_sent));
    }
};

/// Add penalty.
struct penalised {
    static constexpr acta::event_type event{"fine.penalised", 1};
    written_time when{};
    std::int64_t amount_cents = 0;  ///< replaces the fine's amount
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("amount_cents", amount_cents));
    }
};

/// Payment.
struct payment_received {
    static constexpr acta::event_type event{"fine.payment_received", 1};
    written_time when{};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("cents", cents));
    }
};

/// The police count another total of payments than our own events do.
struct total_disputed {
    static constexpr acta::event_type event{"fine.total_disputed", 1};
    written_time when{};
    std::int64_t our_cents = 0;
    std::int64_t their_cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("our_cents", our_cents), acta::field("their_cents", their_cents));
    }
};

/// Insert Date Appeal to Prefecture.
struct appeal_dated {
    static constexpr acta::event_type event{"fine.appeal_dated", 1};
    written_time when{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when));
    }
};

/// Send Appeal to Prefecture.
struct appeal_sent {
    static constexpr acta::event_type event{"fine.appeal_sent", 1};
    written_time when{};
    std::optional<std::string> dismissal{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("dismissal", dismissal));
    }
};

/// Receive Result Appeal from Prefecture.
struct appeal_result_received {
    static constexpr acta::event_type event{"fine.appeal_result_received", 1};
    written_time when{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when));
    }
};

/// Notify Result Appeal to Offender.
struct offender_notified {
    static constexpr acta::event_type event{"fine.offender_notified", 1};
    written_time when{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when));
    }
};

/// Appeal to Judge.
struct appealed_to_judge {
    static constexpr acta::event_type event{"fine.appealed_to_judge", 1};
    written_time when{};
    std::optional<std::string> resource{};
    std::optional<std::string> dismissal{};
    std::optional<std::string> matricola{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when), acta::field("resource", resource), acta::field("dismissal", dismissal),
           acta::field("matricola", matricola));
    }
};

/// Send for Credit Collection.
struct sent_to_collection {
    static constexpr acta::event_type event{"fine.sent_to_collection", 1};
    written_time when{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("when", when));
    }
};

using fine_events = acta::events<created, sent, notified, penalised, payment_received, total_disputed, appeal_dated, appeal_sent,
                                 appeal_result_received, offender_notified, appealed_to_judge, sent_to_collection>;

}  // namespace traffic
