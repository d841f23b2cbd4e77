// account: fills a store with generated commands, or shows in a few lines how commands become events and events become rows.
#include <acta/runtime/application.hpp>

#include "account_commands.hpp"
#include "balances.hpp"
#include "notices.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <ranges>
#include <variant>

namespace {

using bank_command = std::variant<bank::open_account, bank::deposit, bank::withdraw>;

/// The same commands again for the same seed, on every machine. One in ten opens an account; of the rest some ask for too much.
class command_source {
public:
    explicit command_source(std::uint64_t seed) : random_(seed) {}

    bank_command next() {
        if (accounts_ == 0 || below(10) == 0) return bank::open_account{id_of(accounts_++), owner()};
        const std::string id = id_of(below(accounts_));
        const auto cents = static_cast<std::int64_t>(below(50'000));  // now and then 0, which is refused
        if (below(5) < 3) return bank::deposit{id, cents};
        return bank::withdraw{id, cents};
    }

private:
    static std::string id_of(std::uint64_t number) { return fmt::format("{:06}", number + 1); }
    std::string owner() {
        static constexpr std::array names{"Ada", "Barbara", "Donald", "Edsger", "Frances", "Grace", "Kristen", "Tony"};
        return names[below(names.size())];
    }
    /// Not std::uniform_int_distribution, which every library computes its own way.
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    std::mt19937_64 random_;
    std::uint64_t accounts_ = 0;
};

void generate(const std::string& store, std::size_t count, std::uint64_t seed) {
    acta::application app(store);
    app.handle<bank::account_commands>();

    command_source source(seed);
    const auto commands = std::views::iota(std::size_t{0}, count) | std::views::transform([&](std::size_t) { return source.next(); });
    std::size_t accepted = 0;
    std::map<std::string_view, std::size_t> refused;
    const auto begin = std::chrono::steady_clock::now();
    app.send_all(commands, [&](const acta::outcome& done) {
        if (done) ++accepted;
        else if (done.refusal()) ++refused[done.refusal()->code];
        else throw acta::failure(done.unknown() ? acta::errc::unknown_outcome : acta::errc::conflict, done.text());
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;

    fmt::print("commands accepted: {}\n", accepted);
    for (const auto& [code, times] : refused) fmt::print("refused {}: {}\n", code, times);
    fmt::print("events in the store: {}\n", app.log().head());
    fmt::print("commands a second: {:.0f}\n", static_cast<double>(count) / seconds.count());
}

/// Sends one command and says what became of it.
template <class Command>
acta::outcome ask(acta::application& app, const Command& command) {
    acta::outcome done = app.send(command, {.actor = "teller-7"});
    fmt::print("{:17} {}\n", Command::command.name, done.text());
    return done;
}

void demo(const std::string& store) {
    acta::application app(store);
    app.handle<bank::account_commands>().project<bank::balances>().react(bank::notices{store + ".notices"});
    app.start();

    acta::outcome done = ask(app, bank::open_account{"ada", "Ada"});  // said twice, it is refused the second time: try it
    done = ask(app, bank::deposit{"ada", 10'000});
    done = ask(app, bank::withdraw{"ada", 2'500});
    done = ask(app, bank::withdraw{"ada", 1'000'000'000});
    done = ask(app, bank::open_account{"bob", "Bob"});
    done = ask(app, bank::transfer{"ada", "bob", 500});

    const auto ada = app.load<bank::account>("ada");
    fmt::print("the aggregate      account-ada has {} cents at version {}\n", ada->state.balance, ada->version);

    const auto balances = app.read<bank::balances>(done);  // waits until the projection has come as far as `done`
    fmt::print("the projection     is at position {}\n", balances.position());
    fmt::print("the read model     account-ada has {} cents\n", balances->rows.find("ada")->cents);
    if (app.wait_for<bank::notices>(done)) fmt::print("the reaction       wrote a notice into {}.notices\n", store);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"A bank of a few lines: accounts that are opened, paid into and drawn from."};
    app.require_subcommand(1);
    std::string store;
    std::size_t count = 0;
    std::uint64_t seed = 1;
    auto* const generating = app.add_subcommand("generate", "send generated commands, and count what became of them");
    generating->add_option("store", store, "the event store; made when it is not there")->required()->type_name("STORE");
    generating->add_option("count", count, "how many commands")->required()->type_name("COUNT");
    generating->add_option("--seed", seed, "other commands for another number")->capture_default_str();
    auto* const showing = app.add_subcommand("demo", "send a few commands, and read what a projection makes of their events");
    showing->add_option("store", store, "the event store; made when it is not there")->required()->type_name("STORE");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& why) { return app.exit(why) == 0 ? 0 : 2; }

    try {
        if (*generating) generate(store, count, seed);
        else demo(store);
        return 0;
    } catch (const std::exception& why) {
        fmt::print(stderr, "account: {}\n", why.what());
        return 1;
    }
}
