// A domain that has changed over the years: renamed, upcast, split and retired events.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>

#include <cstdint>
#include <string>

namespace changed {

// ---- a chain of three, the first under another name

struct opened_v1 {
    static constexpr acta::event_type event{"bank.opened", 1};
    std::string owner{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("owner", owner));
    }
};
struct opened_v2 {
    static constexpr acta::event_type event{"account.opened", 2};
    static constexpr acta::event_names formerly{"bank.opened"};
    std::string first_name{};
    std::string last_name{};
    static opened_v2 upcast(const opened_v1& old) {
        const std::size_t space = old.owner.find(' ');
        return {old.owner.substr(0, space), space == std::string::npos ? "" : old.owner.substr(space + 1)};
    }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("first_name", first_name), acta::field("last_name", last_name));
    }
};
struct opened {
    static constexpr acta::event_type event{"account.opened", 4};  // there never was a revision 3
    std::string name{};
    std::int32_t names = 0;
    static opened upcast(const opened_v2& old) { return {old.last_name + ", " + old.first_name, 2}; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("name", name), acta::field("names", names));
    }
};

// ---- one event that became two

struct deposited_v1 {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    std::int64_t fee = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents), acta::field("fee", fee));
    }
};
struct deposited {
    static constexpr acta::event_type event{"account.deposited", 2};
    std::int64_t cents = 0;
    static deposited upcast(const deposited_v1& old) { return {old.cents}; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};
struct fee_charged {
    static constexpr acta::event_type event{"account.fee_charged", 2};
    static constexpr acta::event_names formerly{"account.deposited"};
    std::int64_t cents = 0;
    static fee_charged upcast(const deposited_v1& old) { return {old.fee}; }
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

// ---- renamed at the same revision, and retired

struct frozen {
    static constexpr acta::event_type event{"account.frozen", 1};
    static constexpr acta::event_names formerly{"account.blocked", "bank.blocked"};
    std::string reason{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("reason", reason));
    }
};
/// What `frozen` was called.
struct blocked {
    static constexpr acta::event_type event{"bank.blocked", 1};
    std::string reason{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("reason", reason));
    }
};
struct bonus_granted {
    static constexpr acta::event_type event{"account.bonus_granted", 1};
    std::int64_t points = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("points", points));
    }
};

using events = acta::events<opened, fee_charged, acta::retired<bonus_granted>, deposited, frozen>;

}  // namespace changed
