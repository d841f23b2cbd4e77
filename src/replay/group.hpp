// The live projection objects of one read model, fed together.
#pragma once

#include <acta/replay/runner.hpp>

#include "replay/event_feed.hpp"
#include "replay/model.hpp"
#include "replay/projection_object.hpp"

#include <memory>
#include <string>
#include <vector>

namespace acta::detail {

/// The end of a batch failed, and it is not known yet on account of which event.
class flush_failure : public failure {
public:
    using failure::failure;
};

/// Is it a projection's own fault, so that trying the events before it makes sense?
inline bool of_the_projection(errc code) { return code == errc::projection_failed || code == errc::layout_mismatch; }

/// Throws failure(misuse, bad_plugin) when it is empty, has two of one name, or one that breaks a rule of abi.h.
const runner::group& checked(const runner::group& projections);

/// Made inside a transaction of the model, and of no use once that is rolled back: their rows in memory went with it. Never moves: the
/// feed holds its address.
class live_group {
public:
    /// Throws what create throws.
    live_group(const log& from, const runner::group& described, model& of, definition how);
    live_group(const live_group&) = delete;
    live_group& operator=(const live_group&) = delete;

    event_feed& feed() noexcept { return *feed_; }
    /// The projections as they are to be stored, by their own tables.
    std::vector<model::member> members() const;

    /// After each event its rows are written, so that the one that spoils them is found.
    void careful(bool now) noexcept { careful_ = now; }
    /// Throws flush_failure when it is a projection's fault.
    void flush();

private:
    struct member {
        live_group* all;
        const acta_projection* described;
        std::unique_ptr<projection_object> object;
        parked_streams parked;
    };
    static void learn(void* self, const acta_stored_type& type);
    static void apply(void* self, const acta_event& event);

    std::vector<member> members_;
    std::unique_ptr<event_feed> feed_;
    bool careful_ = false;
};

}  // namespace acta::detail
