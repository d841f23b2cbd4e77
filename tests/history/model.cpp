// A log so simple that one sees what it does.
#include "model.hpp"

#include <acta/event/match.hpp>

#include <algorithm>

using namespace acta;

namespace tests {

namespace {

constexpr std::size_t most_in_entry = 256, most_answer = 64 << 10, most_name = 200, most_items = 1'000;

void refuse_if(bool wrong, errc code) {
    if (wrong) throw failure(code, "the model refuses");
}

bool has_any(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

void check_query(const query& what) {
    for (const query_item& item : what.items) refuse_if(item.types.empty() && item.tags.empty(), errc::misuse);
    refuse_if(what.items.size() > most_items, errc::too_large);
}

std::vector<std::byte> copy_of(byte_span bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

version model::contents::version_of(const std::string& stream) const {
    const auto found = streams.find(stream);
    return found == streams.end() ? 0 : static_cast<version>(found->second.size());
}

/// What is refused whatever the log holds.
void model::check(const append_request& request) const {
    refuse_if(request.writes.empty() && request.id.empty(), errc::misuse);
    const auto stores = [](const stream_write& write) { return !write.events.empty(); };
    refuse_if(request.id.empty() && std::none_of(request.writes.begin(), request.writes.end(), stores), errc::misuse);
    names seen;
    for (const stream_write& write : request.writes) {
        refuse_if(write.stream.text().empty(), errc::bad_name);
        refuse_if(write.events.empty() && write.expected == any, errc::misuse);
        for (const new_event& event : write.events) {
            refuse_if(!event.destination().text().empty() && event.destination() != write.stream, errc::misuse);
            refuse_if(event.payload().size() > max_event_size_, errc::too_large);
        }
        refuse_if(!seen.insert(write.stream.text()).second, errc::misuse);
    }
    for (const condition& one : request.conditions) {
        refuse_if(one.what.items.empty() || one.after < 0, errc::misuse);
        check_query(one.what);
    }
    refuse_if(request.command.size() > most_name, errc::bad_name);
    refuse_if(request.answer.size() > most_answer, errc::too_large);
    refuse_if(request.id.empty() && !(request.command.empty() && request.answer.empty()), errc::misuse);
    refuse_if(!request.snapshot.stream.text().empty() && !seen.contains(request.snapshot.stream.text()), errc::misuse);
}

std::vector<append_result> model::append_all(std::span<const append_request> requests) {
    const std::lock_guard lock(turn_);
    refuse_if(read_only_, errc::read_only);
    for (const append_request& request : requests) check(request);
    contents after = now_;
    after.recorded_at = std::max(after.recorded_at, clock_.now());
    names spoilt;
    std::vector<append_result> answers;
    for (const append_request& request : requests) answers.push_back(append_to(after, request, spoilt));
    now_ = std::move(after);
    return answers;
}

append_result model::append_to(contents& now, const append_request& request, names& spoilt) const {
    const auto spoil = [&] {
        for (const stream_write& write : request.writes) spoilt.insert(write.stream.text());
    };
    const auto before = now.answers.find(request.id);
    if (!request.id.empty() && before != now.answers.end() && flaw_ != flaw::forgets_command_ids) {
        spoil();
        refuse_if(before->second.command != request.command, errc::id_reused);
        return before->second.what;
    }
    auto no = flaw_ == flaw::forgets_versions ? std::nullopt : stream_in_the_way(now, request, spoilt);
    if (!no && flaw_ != flaw::forgets_conditions) no = condition_in_the_way(now, request);
    if (no) {
        spoil();
        no->code = errc::conflict;
        no->conflict.head = now.head();
        if (flaw_ == flaw::keeps_half && request.writes.size() > 1) insert(now, request.writes.front(), request.metadata);
        return *no;
    }
    for (const stream_write& write : request.writes)
        for (const new_event& event : write.events) type_of(now, event.codec());
    const snapshot& state = request.snapshot;
    const bool possible = 1 <= state.version && state.version <= now.version_of(state.stream.text()) && state.version <= state.position &&
                          state.position <= now.head();
    refuse_if(!state.stream.text().empty() && !possible, errc::misuse);

    appended stored;
    stored.first_position = now.head() + 1;
    for (const stream_write& write : request.writes) {
        insert(now, write, request.metadata);
        stored.versions.push_back(now.version_of(write.stream.text()));
    }
    stored.last_position = now.head();
    if (stored.last_position < stored.first_position) stored.first_position = stored.last_position = 0;
    if (!request.id.empty()) {
        answered& kept = now.answers[request.id] = {request.command, now.recorded_at, stored};
        kept.what.already_done = true;
        kept.what.answer = request.answer;
    }
    if (!state.stream.text().empty()) now.snapshots[state.stream.text()] = state;
    return stored;
}

std::optional<append_error> model::stream_in_the_way(const contents& now, const append_request& request, const names& spoilt) {
    for (const stream_write& write : request.writes) {
        const version at = now.version_of(write.stream.text());
        if (!spoilt.contains(write.stream.text()) && write.expected.holds(at)) continue;
        append_error why;
        why.conflict.stream = write.stream;
        why.conflict.expected = write.expected;
        why.conflict.actual = at;
        for (version v = std::max<version>(write.expected.number(), 0); v < at && why.conflict.positions.size() < conflict::most_positions;
             ++v)
            why.conflict.positions.push_back(now.streams.at(write.stream.text())[static_cast<std::size_t>(v)]);
        return why;
    }
    return std::nullopt;
}

std::optional<append_error> model::condition_in_the_way(const contents& now, const append_request& request) {
    for (std::size_t i = 0; i < request.conditions.size(); ++i) {
        const condition& one = request.conditions[i];
        refuse_if(one.after > now.head(), errc::misuse);
        append_error why;
        why.conflict.condition = i;
        for (position where = one.after + 1; where <= now.head() && why.conflict.positions.size() < conflict::most_positions; ++where)
            if (matches(now, one.what, *now.log[static_cast<std::size_t>(where - 1)])) why.conflict.positions.push_back(where);
        if (!why.conflict.positions.empty()) return why;
    }
    return std::nullopt;
}

bool model::matches(const contents& now, const query& what, const kept_event& one) {
    return std::any_of(what.items.begin(), what.items.end(), [&](const query_item& item) {
        const auto has = [&](const tag& wanted) { return std::find(one.tags.begin(), one.tags.end(), wanted.text()) != one.tags.end(); };
        return has_any(item.types, now.types[one.view.type - 1]->name) && std::all_of(item.tags.begin(), item.tags.end(), has);
    });
}

void model::insert(contents& now, const stream_write& write, const metadata& shared) {
    if (write.events.empty()) return;
    auto& places = now.streams[write.stream.text()];
    if (places.empty()) now.names.push_back(write.stream.text());
    names tags_of_entry;
    for (std::size_t i = 0; i < write.events.size(); ++i) {
        const new_event& event = write.events[i];
        if (i % most_in_entry == 0) ++now.entries, now.tag_rows += tags_of_entry.size(), tags_of_entry.clear();
        const auto one = std::make_shared<kept_event>();
        one->stream = write.stream.text();
        one->payload = copy_of(event.payload()), one->shared = copy_of(shared.bytes()), one->own = copy_of(event.metadata().bytes());
        for (const tag& each : event.tags()) one->tags.push_back(each.text()), tags_of_entry.insert(each.text());
        one->tag_views.assign(one->tags.begin(), one->tags.end());
        places.push_back(now.head() + 1);
        one->view = {.position = now.head() + 1,
                     .version = static_cast<version>(places.size()),
                     .recorded_at = now.recorded_at,
                     .stream = one->stream,
                     .type = type_of(now, event.codec()),
                     .payload = one->payload,
                     .shared_metadata = one->shared,
                     .own_metadata = one->own,
                     .tags = one->tag_views,
                     .entry_checksum = now.entries};
        now.log.push_back(one);
    }
    now.tag_rows += tags_of_entry.size();
}

type_id model::type_of(contents& now, const event_codec& codec) {
    for (const auto& one : now.types)
        if (one->name == codec.type.name && one->revision == codec.type.revision && one->fingerprint == codec.fingerprint) return one->id;
    for (const auto& one : now.types)
        if (one->name == codec.type.name && one->revision == codec.type.revision)
            resolve({one->name, one->revision, one->fingerprint, one->layout_text}, codec);
    const auto id = static_cast<type_id>(now.types.size() + 1);
    now.types.push_back(std::make_shared<stored_type>(
        stored_type{id, std::string(codec.type.name), codec.type.revision, codec.fingerprint, codec.layout_text}));
    return id;
}

void model::read_page(const stream_name* stream, const read_options& what, page& out) const {
    const std::lock_guard lock(turn_);
    check_query(what.query);
    out.clear();
    out.set_head(now_.head());
    std::vector<position> places;
    if (stream != nullptr) {
        if (const auto found = now_.streams.find(stream->text()); found != now_.streams.end()) places = found->second;
    } else {
        for (position where = 1; where <= now_.head(); ++where) places.push_back(where);
    }
    const auto number_of = [&](const stored_event& one) { return stream != nullptr ? one.version : one.position; };
    if (what.direction == direction::backward) std::reverse(places.begin(), places.end());
    for (const position where : places) {
        const kept_event& one = *now_.log[static_cast<std::size_t>(where - 1)];
        const bool inside = number_of(one.view) > what.after && number_of(one.view) <= what.until;
        const bool wanted = has_any(what.types, now_.types[one.view.type - 1]->name);
        if (out.events().size() == what.limit || !inside || !wanted) continue;
        if (what.query.items.empty() || matches(now_, what.query, one)) out.events_to_fill().push_back(one.view);
    }
    out.set_next(what.direction == direction::forward ? what.until : what.after, true);
}

position model::head() const {
    const std::lock_guard lock(turn_);
    return now_.head();
}

std::optional<stream_info> model::info_of(const std::string& stream) const {
    const auto found = now_.streams.find(stream);
    if (found == now_.streams.end()) return std::nullopt;
    const stored_event& newest = now_.log[static_cast<std::size_t>(found->second.back() - 1)]->view;
    const auto made = std::find(now_.names.begin(), now_.names.end(), stream) - now_.names.begin();
    return stream_info{made + 1, stream_name(stream), newest.version, newest.position, newest.recorded_at};
}

std::optional<stream_info> model::find_stream(const stream_name& stream) const {
    const std::lock_guard lock(turn_);
    return info_of(stream.text());
}

std::vector<stream_info> model::streams(std::int64_t after_id, std::size_t limit) const {
    const std::lock_guard lock(turn_);
    std::vector<stream_info> out;
    for (const std::string& one : now_.names)
        if (const auto info = info_of(one); info->id > after_id && out.size() < limit) out.push_back(*info);
    return out;
}

std::optional<answered> model::find_answer(const command_id& id) const {
    const std::lock_guard lock(turn_);
    const auto found = now_.answers.find(id);
    return found == now_.answers.end() ? std::nullopt : std::optional(found->second);
}

std::optional<snapshot> model::find_snapshot(const stream_name& stream) const {
    const std::lock_guard lock(turn_);
    const auto found = now_.snapshots.find(stream.text());
    return found == now_.snapshots.end() ? std::nullopt : std::optional(found->second);
}

const stored_type& model::type(type_id id) const {
    const std::lock_guard lock(turn_);
    refuse_if(id < 1 || id > now_.types.size(), errc::not_found);
    return *now_.types[id - 1];
}

std::vector<stored_type> model::types() const {
    const std::lock_guard lock(turn_);
    std::vector<stored_type> out;
    for (const auto& one : now_.types) out.push_back(*one);
    return out;
}

std::optional<std::uint64_t> model::checksum_at(position where) const {
    const std::lock_guard lock(turn_);
    if (where < 1 || where > now_.head()) return std::nullopt;
    return now_.log[static_cast<std::size_t>(where - 1)]->view.entry_checksum;
}

}  // namespace tests
