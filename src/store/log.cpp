// What every log shares: the simple forms of append and read.
#include <acta/store/log.hpp>

#include <thread>

namespace acta {

append_result log::append(const stream_name& stream, expected_version expected, std::vector<new_event> events, const metadata& shared) {
    append_request request;
    request.writes.push_back({stream, expected, std::move(events)});
    request.metadata = shared;
    return append(request);
}

append_result log::append(const stream_name& stream, condition rests_on, std::vector<new_event> events, const metadata& shared) {
    append_request request;
    request.writes.push_back({stream, any, std::move(events)});
    request.metadata = shared;
    request.conditions.push_back(std::move(rests_on));
    return append(request);
}

append_result log::append(const append_request& request) { return std::move(append_all(std::span(&request, 1)).front()); }

std::future<append_result> log::append_async(append_request request) {
    std::promise<append_result> answer;
    try {
        answer.set_value(append(request));
    } catch (...) { answer.set_exception(std::current_exception()); }
    return answer.get_future();
}

position log::wait(position after, std::chrono::steady_clock::time_point deadline) const {
    for (;;) {
        const position newest = head();
        if (newest > after || std::chrono::steady_clock::now() >= deadline) return newest;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

cursor log::read(const read_options& what) const { return {*this, std::nullopt, what}; }

cursor log::read(const stream_name& stream, const read_options& what) const { return {*this, stream, what}; }

cursor log::read(query what) const {
    read_options options;
    options.query = std::move(what);
    return {*this, std::nullopt, options};
}

}  // namespace acta
