// snapshot.load: an aggregate from its snapshot and ten events behind it, against all of its thousand events.
#include <acta/write/dispatcher.hpp>

#include "bench.hpp"
#include "moved_account.hpp"
#include "moved_stores.hpp"

namespace bench {

namespace {

struct move {
    static constexpr acta::command_type command{"account.move"};
    std::string account_id{};
};

template <class State>
struct movers {
    using aggregate = State;
    using commands = acta::commands<move>;
    static const std::string& id(const move& c) { return c.account_id; }
    static acta::decision<moved> decide(const State&, const move&) { return example(1); }
};

struct long_stream {
    folder in;
    acta::sqlite_log log{in / "ours.acta"};

    long_stream() {
        std::vector<acta::new_event> events(1'000, example(1));
        (void)log.append(acta::stream_name("account-1"), acta::none, std::move(events)).value();
        acta::dispatcher dispatch(log);
        dispatch.handle<movers<moved_account>>();
        for (int i = 0; i < 10; ++i) (void)dispatch.send(move{"1"});
    }
};

template <class State>
double microseconds_a_load(const acta::log& from, int loads) {
    acta::detail::loader<State> with(from);  // as a dispatcher keeps it
    const acta::stream_name stream("account-1");
    return seconds([&] {
               for (int i = 0; i < loads; ++i) {
                   acta::detail::folded<State> loaded;
                   with.catch_up(stream, 1'000'000, loaded);
                   keep(loaded);
               }
           }) /
           loads * 1e6;
}

}  // namespace

row snapshot_load_row(bool quick) {
    const auto stream = std::make_shared<long_stream>();
    const int loads = quick ? 2'000 : 20'000;
    return {"snapshot.load",
            "us",
            20,
            true,
            [=] { return microseconds_a_load<moved_account>(stream->log, loads); },
            [=] { return microseconds_a_load<replayed_account>(stream->log, loads / 20); }};
}

}  // namespace bench
