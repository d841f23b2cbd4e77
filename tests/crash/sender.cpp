// What a process sends to a store until it is killed: requests that are made from their numbers, each told of before it is sent and after.
#include "sender.hpp"

#include "support/reading.hpp"

#include <thread>

using namespace acta;

namespace tests {

bool rests_on_version(std::int64_t number) { return number % 2 == 0; }

append_request make_request(std::int64_t number, std::int64_t seen) {
    std::mt19937_64 random(static_cast<std::uint64_t>(number));
    append_request one;
    std::int64_t event = number << bits_of_request;
    for (std::uint64_t s = 0, streams = seen == rests_on_nothing ? 1 + random() % 3 : 1; s < streams; ++s) {
        one.writes.push_back({account(std::to_string(10 * s + random() % 10)), any, {}});
        for (std::uint64_t i = 1 + random() % 4; i > 0; --i) one.writes.back().events.emplace_back(deposited{event++});
    }
    if (random() % 16 == 0)  // of many pages
        one.writes.back().events.emplace_back(attached{std::vector<std::byte>(random() % 40'000, static_cast<std::byte>(number))});
    if (seen != rests_on_nothing && rests_on_version(number)) {
        one.writes[0].expected = exactly(seen);
    } else if (seen != rests_on_nothing) {
        const tag guard("guard", std::to_string(random() % 3));
        one.writes[0].events.emplace_back(deposited{event++} | tagged(guard.key(), guard.value()));
        one.conditions.push_back(fail_if({{matching(guard)}}, seen));
    }
    if (random() % 4 == 0) {
        one.id = command_id("order " + std::to_string(number));
        one.command = "deposit";
        one.answer.assign(random() % 20, static_cast<std::byte>(number));
    }
    return one;
}

void sender::call() {
    switch (random_() % 6) {
    case 0: return send_batch();
    case 1: return send_async();
    default: return send_one();
    }
}

void sender::send_one() {
    const std::int64_t number = next_;
    std::int64_t seen = rests_on_nothing;
    if (random_() % 2 == 0 && rests_on_version(number)) {
        const auto stream = log_.find_stream(make_request(number, 0).writes[0].stream);
        seen = stream ? stream->version : 0;
    } else if (random_() % 2 == 0 && !rests_on_version(number)) {
        seen = log_.head();
    }
    answered(number, log_.append(announced(seen, number)));
}

void sender::send_batch() {
    const std::int64_t first = next_;
    std::vector<append_request> all;
    for (std::uint64_t i = 2 + random_() % 6; i > 0; --i) all.push_back(announced(rests_on_nothing, first));
    const std::vector<append_result> answers = log_.append_all(all);
    for (std::size_t i = 0; i < answers.size(); ++i) answered(first + static_cast<std::int64_t>(i), answers[i]);
}

void sender::send_async() {
    std::int64_t number = next_;
    std::vector<std::future<append_result>> answers;
    for (std::uint64_t i = 2 + random_() % 6; i > 0; --i) answers.push_back(log_.append_async(announced(rests_on_nothing, next_)));
    for (auto& each : answers) answered(number++, each.get());
}

append_request sender::announced(std::int64_t seen, std::int64_t call) {
    const std::int64_t number = next_++;
    tell_("send " + std::to_string(number) + " " + std::to_string(seen) + " " + std::to_string(call));
    return make_request(number, seen);
}

void sender::answered(std::int64_t number, const append_result& answer) {
    if (!answer) return tell_("conflict " + std::to_string(number));
    std::string line = "stored " + std::to_string(number) + " " + std::to_string(answer->first_position);
    for (const version each : answer->versions) line += " " + std::to_string(each);
    tell_(line);
}

int send_until(const std::function<bool()>& stop, const std::filesystem::path& file, const options& how, std::int64_t first_number,
               const teller& tell) {
    sqlite_log log(file, how);
    tell("open");
    std::vector<std::jthread> threads;
    for (std::int64_t i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            sender one(log, first_number + (i << bits_of_thread), tell);
            while (!stop()) one.call();
        });
    for (std::jthread& each : threads) each.join();
    return 0;
}

}  // namespace tests
