// Steps that a log may be taken through, drawn at random.
#include "steps.hpp"

#include "notes.hpp"
#include "telling.hpp"

#include <algorithm>
#include <future>

using namespace acta;

namespace tests {

namespace {

constexpr std::uint64_t streams = 6, commands = 8;

stream_name stream_at(std::uint64_t number) { return {number % 2 == 0 ? "notes" : "memos", std::to_string(number)}; }

/// A text, or a UUID.
command_id id_at(std::uint64_t number) {
    if (number % 2 == 0) return "request " + std::to_string(number);
    command_id::uuid bytes{};
    bytes.back() = static_cast<std::byte>(number);
    return bytes;
}

std::string append_all(subject& on, const std::vector<append_request>& all) {
    std::string out;
    for (const append_result& one : on.log().append_all(all)) out += tell(one);
    return out;
}

std::string append_ahead(subject& on, const std::vector<append_request>& requests) {
    std::vector<std::future<append_result>> answers(requests.size());
    std::vector<std::string> told(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
        told[i] = told_by([&] { return answers[i] = on.log().append_async(requests[i]), ""; });
    std::string out;
    for (std::size_t i = 0; i < requests.size(); ++i) out += answers[i].valid() ? told_by([&] { return tell(answers[i].get()); }) : told[i];
    return out;
}

using request_list = std::vector<append_request>;

/// One thing less in one request, in every way.
void add_simpler(const append_request& from, const std::function<void(append_request)>& add) {
    const auto change = [&](auto&& how) {
        append_request one = from;
        how(one);
        if (tell(one) != tell(from)) add(std::move(one));
    };
    change([](append_request& one) { one.conditions.clear(); });
    change([](append_request& one) { one.snapshot = {}; });
    change([](append_request& one) { one.metadata = {}; });
    change([](append_request& one) { one.id = {}, one.command.clear(), one.answer.clear(); });
    for (std::size_t i = 0; i < from.writes.size(); ++i) {
        change([&](append_request& one) { one.writes.erase(one.writes.begin() + static_cast<std::ptrdiff_t>(i)); });
        change([&](append_request& one) { one.writes[i].expected = any; });
        change([&](append_request& one) {
            auto& events = one.writes[i].events;
            events.erase(events.begin() + static_cast<std::ptrdiff_t>((events.size() + 1) / 2), events.end());
        });
    }
}

step appending(const std::string& way, const request_list& all, std::string (*append)(subject&, const request_list&)) {
    std::string words = way;
    for (const append_request& one : all) words += "\n    " + tell(one);
    const auto take = [=](subject& on) {
        const position before = on.log().head();
        const std::string answers = told_by([&] { return append(on, all); });
        return answers + tell_events(on.log(), {.after = before});
    };
    const auto simpler = [=] {
        std::vector<step> out;
        for (std::size_t i = 0; i < all.size(); ++i) {
            request_list less = all;
            less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
            if (!less.empty()) out.push_back(appending(way, less, append));
            add_simpler(all[i], [&](append_request one) {
                less = all, less[i] = std::move(one);
                out.push_back(appending(way, less, append));
            });
        }
        return out;
    };
    return {std::move(words), take, simpler};
}

std::string everything(subject& on) {
    acta::log& log = on.log();
    std::string out = tell_events(log);
    for (std::int64_t after = 0; after < static_cast<std::int64_t>(streams); after += 4)
        for (const stream_info& one : log.streams(after, 4))
            out += tell(one) + tell_events(log, one.name, {.direction = direction::backward});
    for (const stored_type& one : log.types()) out += std::to_string(one.id) + " " + one.name + " " + one.layout_text + "\n";
    for (std::uint64_t i = 0; i < commands; ++i) out += tell(log.find_answer(id_at(i)));
    for (std::uint64_t i = 0; i < streams; ++i) out += tell(log.find_snapshot(stream_at(i)));
    for (const position where : {position{0}, position{1}, log.head(), log.head() + 1})
        out += log.checksum_at(where) ? "there " : "not there ";
    return out + std::to_string(log.wait(log.head(), {})) + "\n";
}

step reopening(bool read_only) {
    return {read_only ? "open it anew, to read only" : "open it anew", [read_only](subject& on) {
                on.reopen(read_only);
                return "head " + std::to_string(on.log().head()) + "\n";
            }};
}

step verifying() {
    return {"verify", [](subject& on) { return on.verify(); }};
}

}  // namespace

script drawing::last_steps() {
    const step look{"look at everything", everything};
    return {look, reopening(false), look, verifying()};
}

step drawing::next(acta::log& now) {
    const auto way = below(100);
    if (read_only_ ? one_in(4) : way < 3) return reopening(read_only_ = !read_only_ && one_in(3));
    if (way < 50) return appending("append in one call", requests(now, one_in(3) ? 4 : 1), append_all);
    if (way < 58) return appending("append without waiting", requests(now, 5), append_ahead);
    if (way < 80) return read(now);
    if (way < 98) return find(now);
    return one_in(2) ? verifying() : step{"look at everything", everything};
}

std::vector<append_request> drawing::requests(const acta::log& now, std::size_t most) {
    std::vector<append_request> out;
    for (std::size_t i = 1 + below(most); i > 0; --i) out.push_back(request(now));
    if (one_in(30)) spoil(out[below(out.size())]);
    return out;
}

append_request drawing::request(const acta::log& now) {
    append_request out;
    const auto first = below(streams);
    for (std::uint64_t i = 0, count = one_in(3) ? 1 + below(3) : 1; i < count; ++i)
        out.writes.push_back(write(now, stream_at((first + i) % streams)));
    if (one_in(6)) out.metadata.with_actor("ada");
    if (one_in(6)) out.metadata.with("reason", std::to_string(number_));
    if (one_in(4)) out.conditions.push_back(condition(now));
    if (one_in(20)) out.conditions.push_back(condition(now));
    if (one_in(4)) add_id(out);
    if (one_in(6)) add_snapshot(out, now);
    return out;
}

stream_write drawing::write(const acta::log& now, const stream_name& stream) {
    const version at = now.find_stream(stream).value_or(stream_info{}).version;
    const auto way = below(20);
    stream_write out{stream, way < 6 ? any : way < 8 ? none : way < 10 ? exists : exactly(way < 17 ? at : at + version(below(4)) - 2), {}};
    const bool odd = one_in(8);  // what is refused, or changes the catalogue, is rare
    std::uint64_t count = many_ && one_in(4) ? 200 + below(500) : one_in(8) ? 0 : 1 + below(3);
    if (count == 0 && out.expected == any && !odd) count = 1;
    for (; count > 0; --count) {
        int kind = static_cast<int>(below(note_kinds));
        if (odd && one_in(8)) kind = one_in(8) ? changed_red : extended_red;
        const std::size_t size = odd && one_in(20) ? largest_note - 20 + below(22) : below(8);
        metadata own;
        if (one_in(8)) own.with("by", std::to_string(below(3)));
        out.events.push_back(
            new_note(kind, static_cast<unsigned>(random_() & random_()) % (1U << note_tags), ++number_, std::string(size, 'x'), own));
    }
    return out;
}

query drawing::query() {
    acta::query out;
    for (auto items = 1 + below(2); items > 0; --items) {
        query_item one;
        while (one.types.empty() && one.tags.empty()) {
            if (one_in(2)) one.types.push_back(one_in(20) ? "note.never" : name_of_kind(static_cast<int>(below(note_kinds))));
            for (auto tags = below(3); tags > 0; --tags)
                one.tags.push_back(one_in(20) ? tag("on", "never") : tag_of_bit(static_cast<unsigned>(below(note_tags))));
        }
        out.items.push_back(std::move(one));
    }
    return out;
}

condition drawing::condition(const acta::log& now) {
    const position head = now.head();
    const auto way = below(20);
    return {query(), way < 2 ? 0 : way < 3 ? head + 1 : std::max<position>(0, head - static_cast<position>(below(8)))};
}

void drawing::add_id(append_request& to) {
    to.id = id_at(below(commands));
    to.command = one_in(10) ? "give" : "take";
    to.answer.resize(below(4), std::byte{7});
    if (one_in(10)) to.writes.clear();
}

void drawing::add_snapshot(append_request& to, const acta::log& now) {
    if (to.writes.empty()) return;
    const stream_name& stream = to.writes[below(to.writes.size())].stream;
    const version at = now.find_stream(stream).value_or(stream_info{}).version;
    if (at == 0 && !one_in(8)) return;
    snapshot& one = to.snapshot;
    one.stream = stream;
    one.version = std::max<version>(at - static_cast<version>(below(3)), one_in(20) ? -1 : 1) + (one_in(20) ? 1 : 0);
    for (const stored_event& event : now.read(one.stream, {.after = one.version - 1, .until = one.version})) one.position = event.position;
    if (one_in(20)) one.position += static_cast<position>(below(9)) - 4;
    one.fingerprint = random_();
    one.data.resize(below(4), std::byte{5});
}

/// Makes a request one that is refused, whatever the log holds.
void drawing::spoil(append_request& one) {
    const auto event = [&](std::size_t size) { return new_note(0, 0, 1, std::string(size, 'x')); };
    const stream_name somewhere = stream_at(0), elsewhere("elsewhere", "1");
    const acta::condition never = fail_if({{matching(tag_of_bit(0))}}, 0);
    switch (below(12)) {
    case 0: one.writes = {{somewhere, any, {event(largest_note)}}}; break;
    case 1: one.writes.clear(), one.id = {}; break;
    case 2: one.writes = {{somewhere, any, {event(1)}}, {somewhere, any, {event(1)}}}; break;
    case 3: one.writes = {{stream_name(), any, {event(1)}}}; break;
    case 4: one.writes = {{somewhere, any, {}}}; break;
    case 5: one.conditions = {acta::condition{}}; break;
    case 6: one.conditions = {never, fail_if({{query_item{}}}, 0)}; break;
    case 7: one.conditions = {fail_if(never.what, -1)}; break;
    case 8: one.conditions = {fail_if({std::vector<query_item>(1'001, never.what.items[0])}, 0)}; break;
    case 9: one.id = {}, one.command = "take"; break;
    case 10: one.id = id_at(0), one.command = std::string(201, 'x'); break;
    default: one.snapshot.stream = elsewhere; break;
    }
    if (one.writes.empty() || one.snapshot.stream != elsewhere) one.snapshot = {};
}

read_options drawing::reading(std::int64_t end) {
    read_options out;
    out.after = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(end) + 4)) - 2;
    if (one_in(2)) out.until = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(end) + 4)) - 1;
    if (one_in(2)) out.after = 0;
    if (one_in(2)) out.direction = direction::backward;
    if (one_in(3)) out.types.push_back(name_of_kind(static_cast<int>(below(note_kinds))));
    if (one_in(10)) out.types.emplace_back("note.never");
    if (one_in(3)) out.query = query();
    if (one_in(50)) out.query.items.emplace_back();
    if (one_in(3)) out.limit = below(6);
    return out;
}

step drawing::read(const acta::log& now) {
    if (one_in(2)) {
        const read_options what = reading(now.head());
        return {"read " + tell(what), [what](subject& on) { return told_by([&] { return tell_events(on.log(), what); }); }};
    }
    const stream_name stream = stream_at(below(streams));
    const read_options what = reading(now.find_stream(stream).value_or(stream_info{}).version);
    return {"read " + stream.text() + " " + tell(what),
            [=](subject& on) { return told_by([&] { return tell_events(on.log(), stream, what); }); }};
}

step drawing::find(const acta::log& now) {
    const stream_name stream = stream_at(below(streams));
    const command_id id = id_at(below(commands));
    const auto after = static_cast<std::int64_t>(below(streams + 1));
    const auto limit = below(4);
    const auto where = static_cast<position>(below(static_cast<std::uint64_t>(now.head()) + 3)) - 1;
    switch (below(6)) {
    case 0: return {"find " + stream.text(), [=](subject& on) { return tell(on.log().find_stream(stream)); }};
    case 1: return {"find the answer to " + id.text(), [=](subject& on) { return tell(on.log().find_answer(id)); }};
    case 2: return {"find the snapshot of " + stream.text(), [=](subject& on) { return tell(on.log().find_snapshot(stream)); }};
    case 3:
        return {"streams behind " + std::to_string(after) + ", at most " + std::to_string(limit), [=](subject& on) {
                    std::string out;
                    for (const stream_info& one : on.log().streams(after, limit)) out += tell(one);
                    return out;
                }};
    case 4:
        return {"the types", [](subject& on) {
                    std::string out;
                    for (const stored_type& one : on.log().types()) out += std::to_string(one.id) + " " + one.name + "\n";
                    return out;
                }};
    default:
        return {"a checksum at " + std::to_string(where),
                [=](subject& on) { return std::string(on.log().checksum_at(where) ? "there\n" : "not there\n"); }};
    }
}

}  // namespace tests
