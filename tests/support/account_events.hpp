// A small domain for the tests of the store.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/event/tag.hpp>

#include <string>
#include <vector>

namespace tests {

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
    std::string owner{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("owner", owner));
    }
    friend bool operator==(const opened&, const opened&) = default;
};

struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
    friend bool operator==(const deposited&, const deposited&) = default;
};

struct withdrawn {
    static constexpr acta::event_type event{"account.withdrawn", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
    std::vector<acta::tag> tags() const { return {acta::tag("kind", "debit")}; }
    friend bool operator==(const withdrawn&, const withdrawn&) = default;
};

/// The same name and revision as deposited, with a field of another type: what a careless change looks like.
struct deposited_changed {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::string cents{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

/// The same name and revision as deposited, with a field more: what a careful change looks like.
struct deposited_extended {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::string note = "none";
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("note", note), acta::field("cents", cents));
    }
    friend bool operator==(const deposited_extended&, const deposited_extended&) = default;
};

/// A payload as large as one likes.
struct attached {
    static constexpr acta::event_type event{"account.attached", 1};
    std::vector<std::byte> bytes{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("bytes", bytes));
    }
};

}  // namespace tests
