// traffic_fines load STORE: reads the log of the police from standard input, sends each line as a command, and says what came of it.
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "csv.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <map>

namespace {

struct load_request {
    std::string store{};
    std::size_t chunk = acta::send_all_options{}.chunk;
};

/// More fines than the log has: a state takes about 300 bytes, and finding one in memory is much cheaper than loading it.
constexpr std::size_t states_to_keep = 250'000;

void load(const load_request& request) {
    const auto begin = std::chrono::steady_clock::now();
    traffic::command_reader commands(std::cin);
    acta::sqlite_log log(request.store);
    const acta::position head = log.head();
    acta::dispatcher dispatch(log, {.cache = states_to_keep});
    dispatch.handle<traffic::fine_commands>();

    std::size_t answered = 0;
    std::map<std::string_view, std::size_t> refused;
    const auto count = [&](const acta::outcome& outcome) {
        if (outcome.refusal()) ++refused[outcome.refusal()->code];
        else if (!outcome) throw acta::failure(outcome.unknown() ? acta::errc::unknown_outcome : acta::errc::conflict, outcome.text());
        ++answered;
    };
    try {
        dispatch.send_all(commands, count, {.chunk = request.chunk});
    } catch (const traffic::malformed_line& why) {
        throw acta::failure(why.code(), fmt::format("{}; {} of the lines before it are stored: mend it, and load the log into a new store",
                                                    why.what(), answered));
    }

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    fmt::print("lines read: {}\n", answered);
    fmt::print("events stored: {}\n", log.head() - head);
    for (const auto& [code, times] : refused) fmt::print("refused {}: {}\n", code, times);
    fmt::print("commands a second: {:.0f}\n", static_cast<double>(answered) / seconds.count());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Loads a log of traffic fines into an event store."};
    app.require_subcommand(1);
    load_request request;
    auto* const loading = app.add_subcommand("load", "read the log, a CSV file, from standard input");
    loading->add_option("store", request.store, "the event store; made when it is not there")->required()->type_name("STORE");
    loading->add_option("--chunk", request.chunk, "lines in one transaction")->check(CLI::Range(1, 1'000'000))->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& why) { return app.exit(why) == 0 ? 0 : 2; }

    std::ios::sync_with_stdio(false);
    try {
        load(request);
        return 0;
    } catch (const std::exception& why) {
        fmt::print(stderr, "traffic_fines: {}\n", why.what());
        return 1;
    }
}
