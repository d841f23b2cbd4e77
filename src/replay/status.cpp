// How a read model is getting on, seen from any process.
#include <acta/event/clock.hpp>
#include <acta/store/log.hpp>
#include <acta/replay/status.hpp>

#include "replay/model.hpp"
#include "replay/origin.hpp"

#include <algorithm>
#include <charconv>

namespace acta {

namespace {

using namespace detail;

std::optional<std::int64_t> number_in(const std::optional<std::string>& text) {
    std::int64_t number = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc()) return std::nullopt;
    return number;
}

bool is_there(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(file, error));
}

void look_into(read_model_status& status, const log& of) {
    model in(status.file, access::read, {});
    in.begin();
    for (const model::member& each : in.members()) status.projections.push_back({each.name, each.revision});
    status.checkpoint = in.stored_checkpoint();
    status.dead_letters = static_cast<std::size_t>(in.on().number("SELECT count(*) FROM acta_dead_letter"));
    if (const auto rate = number_in(in.fact("events_per_second"))) status.events_per_second = static_cast<double>(*rate);
    status.last_error = in.fact("last_error");
    if (const auto at = number_in(in.fact("last_error_at"))) status.last_error_at = timestamp(std::chrono::microseconds(*at));
    if (status.checkpoint) status.problem = foreign_history(status.file.string(), *status.checkpoint, of);
}

/// A rebuild that nobody is at any more is none.
std::optional<acta::position> rebuild_beside(const std::filesystem::path& file) {
    const std::filesystem::path fresh = rebuild_file(file);
    if (!is_there(fresh) || !holder_of(fresh)) return std::nullopt;
    try {
        model in(fresh, access::read, {});
        in.begin();
        const auto at = in.stored_checkpoint();
        return at ? at->position : 0;
    } catch (const failure&) { return 0; }  // it is just being made, or put in place
}

void add_lag(read_model_status& status, const log& of, const clock& now) {
    const acta::position at = status.checkpoint ? status.checkpoint->position : 0;
    status.lag_events = std::max<std::int64_t>(status.head - at, 0);
    if (status.lag_events == 0 || status.problem) return;
    for (const stored_event& next : of.read({.after = at, .limit = 1}))
        status.lag_time = now.now() > next.recorded_at ? now.now() - next.recorded_at : std::chrono::microseconds(0);
}

}  // namespace

read_model_status status_of(const log& of, const std::filesystem::path& file, const clock& now) {
    read_model_status status;
    status.file = file;
    status.head = of.head();
    if (is_there(file)) look_into(status, of);
    if (status.checkpoint && status.checkpoint->position > status.head) status.head = of.head();  // it has gone on meanwhile
    status.holder = holder_of(file);
    status.rebuilding = rebuild_beside(file);
    add_lag(status, of, now);
    return status;
}

read_model_status status_or_problem(const log& of, const std::filesystem::path& file, const clock& now) {
    const acta::position head = of.head();  // no read model's problem
    try {
        return status_of(of, file, now);
    } catch (const failure& why) {
        read_model_status status;
        status.file = file;
        status.head = head;
        status.problem = why.what();
        return status;
    }
}

std::vector<read_model_status> read_models_of(const log& of, const std::filesystem::path& store, const clock& now) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator at(store.string() + ".models", error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".db") files.push_back(at->path());
    std::sort(files.begin(), files.end());
    std::vector<read_model_status> out;
    for (const std::filesystem::path& file : files) out.push_back(status_or_problem(of, file, now));
    return out;
}

}  // namespace acta
