// Projections, a reaction and a gate for the tests of applications.
#pragma once

#include <acta/runtime/application.hpp>

#include "support/temporary.hpp"
#include "testing/balances.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace bank {

using namespace std::chrono_literals;

struct owner {
    std::string account_id{};
    std::string name{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("account_id", account_id), acta::field("name", name));
    }
};
struct owners {
    static constexpr acta::projection_type projection{"owners", 1};
    using consumes = acta::events<opened>;
    acta::table<owner, &owner::account_id> rows{"owner"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<opened>& e) { rows[e.stream().id()].name = e->owner; }
};

/// Hangs at each event while the gate is shut.
struct hanging {
    static constexpr acta::projection_type projection{"hanging", 1};
    using consumes = acta::events<opened>;
    static inline std::atomic<bool> shut{false};
    void apply(const acta::recorded<opened>&) {
        while (shut) std::this_thread::sleep_for(1ms);
    }
};

/// Fails at every deposit of 13 cents.
struct superstitious {
    static constexpr acta::projection_type projection{"superstitious", 1};
    using consumes = acta::events<deposited>;
    acta::table<balance, &balance::account_id> rows{"superstition"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<deposited>& e) {
        if (e->cents == 13) throw std::runtime_error("not thirteen");
        rows[e.stream().id()].cents += e->cents;
    }
};

/// What slots and reactions say, from any thread.
class notebook {
public:
    void add(const std::string& line) {
        const std::scoped_lock lock(mutex_);
        lines_.push_back(line);
    }
    std::vector<std::string> lines() const {
        const std::scoped_lock lock(mutex_);
        return lines_;
    }
    bool has(std::string_view part) const {
        const std::scoped_lock lock(mutex_);
        return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

struct receipts {
    static constexpr acta::reaction_type reaction{"receipts"};
    using consumes = acta::events<deposited>;
    std::shared_ptr<notebook> out{};
    std::shared_ptr<std::atomic<bool>> no_ink{};
    void react(const acta::recorded<deposited>& e) {
        if (no_ink && *no_ink && e->cents == 13) throw std::runtime_error("no ink");
        out->add(e.stream().id() + " " + std::to_string(e->cents));
    }
};

inline bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 10'000; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

template <class Body>
std::string sentence_of(const Body& body) {
    try {
        body();
    } catch (const acta::failure& why) { return why.what(); }
    return {};
}
inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace bank
