// The rules of an append that need no look at the store.
#include "request.hpp"

#include "event/text.hpp"

#include <algorithm>

namespace acta::detail {

namespace {

void check_write(const stream_write& write, const options& how) {
    if (write.stream.text().empty())
        throw failure(errc::bad_name, "an append to a stream without a name: a stream is named category-id, as in account-ada");
    if (write.events.empty() && write.expected == any)
        throw failure(errc::misuse, "an append of no events to " + in_quotes(write.stream.text()) +
                                        ": give at least one event, or what is expected of the stream");
    for (const new_event& event : write.events) {
        if (!event.destination().text().empty() && event.destination() != write.stream)
            throw failure(errc::misuse, "an event " + std::string(event.codec().type.name) + " that goes to " +
                                            in_quotes(event.destination().text()) + " stands in an append to " +
                                            in_quotes(write.stream.text()) + ": put it into a write of its own stream");
        if (event.payload().size() > how.max_event_size)
            throw failure(errc::too_large, "an event " + std::string(event.codec().type.name) + " for " + in_quotes(write.stream.text()) +
                                               " takes " + std::to_string(event.payload().size()) + " bytes, over the limit of " +
                                               std::to_string(how.max_event_size) +
                                               ": make it smaller, or raise options::max_event_size (at most 64 MiB)");
    }
}

void check_id(const append_request& request) {
    if (request.command.size() > most_command_name || !printable_utf8(request.command))
        throw failure(errc::bad_name, "the command name " + in_quotes(request.command) +
                                          " of an append is longer than 200 bytes or no printable UTF-8: use the command's stored name");
    if (request.answer.size() > most_answer)
        throw failure(errc::too_large, "the answer to be kept with the command id " + in_quotes(request.id.text()) + " takes " +
                                           std::to_string(request.answer.size()) + " bytes, over the limit of " +
                                           std::to_string(most_answer) + ": keep a key to it instead");
    if (request.id.empty() && !(request.command.empty() && request.answer.empty()))
        throw failure(errc::misuse, "an append with a command name or an answer to keep, but without an id: give it append_request::id");
}

}  // namespace

void check_query(const query& what, const char* where) {
    for (const query_item& item : what.items)
        if (item.types.empty() && item.tags.empty())
            throw failure(errc::misuse,
                          std::string(where) +
                              " has an item without a type and without a tag, which every event would match: name at least one");
    if (what.items.size() > most_query_items)
        throw failure(errc::too_large, std::string(where) + " has " + std::to_string(what.items.size()) + " items, over the limit of " +
                                           std::to_string(most_query_items) + ": ask for fewer, or for a tag that the events share");
}

void check_request(const append_request& request, const options& how) {
    if (request.writes.empty() && request.id.empty())
        throw failure(errc::misuse, "an append of nothing: give at least one stream and one event");
    const auto stores = [](const stream_write& write) { return !write.events.empty(); };
    if (!request.writes.empty() && request.id.empty() && std::none_of(request.writes.begin(), request.writes.end(), stores))
        throw failure(errc::misuse,
                      "an append of no events to " + in_quotes(request.writes.front().stream.text()) + ": give at least one event");
    for (std::size_t i = 0; i < request.writes.size(); ++i) {
        check_write(request.writes[i], how);
        for (std::size_t k = 0; k < i; ++k)
            if (request.writes[k].stream == request.writes[i].stream)
                throw failure(errc::misuse, "the stream " + in_quotes(request.writes[i].stream.text()) +
                                                " stands twice in one append: put all its events into one write");
    }
    for (const condition& one : request.conditions) {
        if (one.what.items.empty())
            throw failure(errc::misuse, "a condition without a query item would never fail: name what must not have come");
        if (one.after < 0)
            throw failure(errc::misuse, "a condition begins after position " + std::to_string(one.after) +
                                            ": positions are counted from 1, and 0 is before the first");
        check_query(one.what, "a condition");
    }
    check_id(request);
    if (!request.snapshot.stream.text().empty()) {
        const auto has = [&](const stream_write& write) { return write.stream == request.snapshot.stream; };
        if (std::none_of(request.writes.begin(), request.writes.end(), has))
            throw failure(errc::misuse, "a snapshot of " + in_quotes(request.snapshot.stream.text()) +
                                            " goes with an append to another stream: give it to one of its own");
    }
}

}  // namespace acta::detail
