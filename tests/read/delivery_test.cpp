#include <acta/event/layout.hpp>
#include <acta/read/delivery.hpp>

#include "../replay/support_bank.hpp"
#include "support_memory.hpp"

#include <doctest/doctest.h>

using namespace acta::detail::projections;

namespace {

struct listener {
    using consumes = acta::events<bank::opened>;
    const void* object = nullptr;
    const char* text = nullptr;
    std::string heard;
    void apply(const acta::recorded<bank::opened>& e) {
        object = &e;
        text = e->owner.data();
        heard = e->owner + " " + e.stream().text() + " " + e.metadata().actor().value_or("nobody") + " " + std::to_string(e.tags().size());
    }
};

acta_stored_type stored(const acta::event_codec& codec) {
    acta_stored_type type{};
    type.size = sizeof type;
    type.number = 3;
    type.revision = codec.type.revision;
    type.fingerprint = codec.fingerprint;
    type.name = borrowed(codec.type.name);
    type.layout = borrowed(codec.layout_text);
    return type;
}

/// An acta_event and what it borrows.
struct handed_event {
    explicit handed_event(const bank::opened& from) {
        acta::codec_of<bank::opened>().encode(&from, payload);
        event.size = sizeof event;
        event.type = 3;
        event.position = 1;
        event.version = 1;
        event.stream = borrowed("account-ada");
        event.payload = {reinterpret_cast<const unsigned char*>(payload.data()), payload.size()};
    }
    std::vector<std::byte> payload;
    acta_event event{};
};

}  // namespace

TEST_CASE("one object per event type is filled again and again, its memory reused") {
    listener to;
    delivery<listener> deliver(to);
    deliver.learn(stored(acta::codec_of<bank::opened>()));
    const handed_event first(bank::opened{"a name that is too long for the string itself"});
    const handed_event second(bank::opened{"another name that is as long as the first one"});
    deliver.apply(first.event);
    const void* const object = to.object;
    const char* const text = to.text;
    deliver.apply(second.event);
    CHECK(to.object == object);
    CHECK(to.text == text);
    CHECK(has(to.heard, "another name"));
}

TEST_CASE("stream, metadata and tags arrive, an event's own metadata before the shared, and nothing stays from the event before") {
    listener to;
    delivery<listener> deliver(to);
    deliver.learn(stored(acta::codec_of<bank::opened>()));
    acta::metadata shared, own;
    shared.with_actor("teller");
    own.with_actor("machine");
    const auto bytes = [](const acta::metadata& from) {
        return acta_bytes{reinterpret_cast<const unsigned char*>(from.bytes().data()), from.bytes().size()};
    };
    handed_event with(bank::opened{"Ada"});
    const acta_text tags[] = {borrowed("branch:7"), borrowed("kind:gold")};
    with.event.shared_metadata = bytes(shared);
    with.event.own_metadata = bytes(own);
    with.event.tags = tags;
    with.event.tag_count = 2;
    deliver.apply(with.event);
    CHECK(to.heard == "Ada account-ada machine 2");
    deliver.apply(handed_event(bank::opened{"Bob"}).event);
    CHECK(to.heard == "Bob account-ada nobody 0");
}

TEST_CASE("typed tables are bound before SQL, in whatever order they are named") {
    memory_model model;
    acta::sql db{"CREATE VIEW IF NOT EXISTS total AS SELECT sum(cents) AS cents FROM balance"};
    acta::table<bank::balance, &bank::balance::account_id> rows{"balance"};
    model.create(db, rows);
    CHECK(model.tables().find("CREATE TABLE \"balance\"") == 0);
    CHECK(has(model.tables(), "CREATE VIEW IF NOT EXISTS total"));
}
