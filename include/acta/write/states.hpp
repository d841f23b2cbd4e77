// The states of one kind of aggregate in one dispatcher: loading them, and keeping those that commands came for last.
#pragma once

#if !defined(ACTA_ROOM_WRITE)
#error "acta/write/states.hpp belongs to the command side: link acta::write (a projection or plugin links acta::read alone)"
#endif

#include <acta/write/load.hpp>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace acta::detail {

/// What a batch knows of a stream while it decides commands for it.
struct kept_stream {
    std::string id;
    std::string_view category;
    acta::version version = 0;    ///< of its newest event, those that are decided but not yet stored included
    acta::position position = 0;  ///< of its newest stored event
    acta::version snapshot = 0;   ///< that the log has, as far as is known
    bool taken_for_new = false;   ///< nobody has looked whether the stream exists: the append will
    bool stored = true;           ///< its newest event is: nothing of it was decided in the running round
    /// An append of the running batch met somebody else's: what was decided since then is void.
    std::optional<acta::conflict> conflict;
};

/// The kept states of one kind of aggregate, whatever kind that is.
class any_states {
public:
    virtual ~any_states() = default;
    virtual std::string_view category() const noexcept = 0;
    /// Forgets one state, or all of them.
    virtual void forget(std::string_view id) = 0;
    virtual void forget_all() = 0;
    /// Forgets those that were used longest ago, down to the limit. Not in the middle of a batch, whose newest events are nowhere else.
    virtual void trim() = 0;
};

/// Thread rule: load() may be called from any thread; the rest belongs to whoever runs the batch.
template <aggregate A>
class states final : public any_states {
public:
    struct kept : kept_stream {
        A state{};
    };

    /// The log outlives it.
    states(const log& from, std::size_t limit, const snapshot_report* report = nullptr) : log_(from), limit_(limit), report_(report) {}

    folded<A> load(const stream_name& stream) {
        folded<A> result;
        borrow([&](loader<A>& with) { with.catch_up(stream, std::numeric_limits<version>::max(), result); });
        return result;
    }
    /// Goes on with a state that was folded from what a query found up to `seen`.
    void load(const query& what, position& seen, folded<A>& into) {
        borrow([&](loader<A>& with) { with.catch_up(what, seen, into); });
    }

    /// The kept state of a stream, which then is the one used last; null when it is not kept.
    kept* find(std::string_view id) {
        const auto found = by_id_.find(id);
        if (found == by_id_.end()) return nullptr;
        by_use_.splice(by_use_.begin(), by_use_, found->second);
        return &by_use_.front();
    }
    /// Keeps a stream that is not kept yet, as if it were new. Throws failure(bad_name).
    kept& add(std::string_view id) {
        stream_name(A::category, id);
        kept& added = by_use_.emplace_front();
        added.id = id;
        added.category = A::category.name;
        by_id_.emplace(added.id, by_use_.begin());
        return added;
    }
    /// Makes a kept state what the log says now.
    void reload(kept& stale) {
        folded<A> fresh = load(stream_name(A::category, stale.id));
        stale.state = std::move(fresh.state);
        stale.version = fresh.version;
        stale.position = fresh.position;
        stale.snapshot = fresh.snapshot;
        stale.taken_for_new = false;
        stale.stored = true;
    }

    std::string_view category() const noexcept override { return A::category.name; }
    void forget(std::string_view id) override {
        const auto found = by_id_.find(id);
        if (found == by_id_.end()) return;
        const auto at = found->second;
        by_id_.erase(found);  // its key lives in what goes next
        by_use_.erase(at);
    }
    void forget_all() override { by_id_.clear(), by_use_.clear(); }
    void trim() override {
        while (by_use_.size() > limit_) {
            by_id_.erase(by_use_.back().id);
            by_use_.pop_back();
        }
    }

private:
    template <class Use>
    void borrow(Use use) {
        std::unique_ptr<loader<A>> taken;
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) taken = std::move(idle_.back()), idle_.pop_back();
        }
        if (!taken) taken = std::make_unique<loader<A>>(log_, report_);
        use(*taken);
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(taken));
    }

    const log& log_;
    const std::size_t limit_;
    const snapshot_report* report_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<loader<A>>> idle_;
    std::list<kept> by_use_;  // the last one used first
    std::unordered_map<std::string_view, typename std::list<kept>::iterator> by_id_;
};

}  // namespace acta::detail
