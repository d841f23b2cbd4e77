// The line in front of the writer, with a writer that a test holds up: groups, order, giving up, and the end.
#include "store/append_queue.hpp"
#include "support/reading.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <thread>

using namespace acta;
using namespace acta::detail;
using namespace std::chrono_literals;
using namespace tests;

namespace {

append_request deposit(std::int64_t cents) { return request(account("ada"), any, {deposited{cents}}); }

/// Answers each request with a position, in the order in which they come; notes the groups; stops at a gate while it is shut.
struct slow_writer {
    std::mutex gate;
    std::mutex notes;
    std::vector<std::size_t> groups;
    position next = 0;
    std::atomic<int> stuck_at{-1};  ///< the number of the group at which the disk stops answering, from 1, until it `answers_again`
    std::atomic<bool> answers_again{false};
    std::mutex turnstile;  ///< another process's, while a test holds it
    std::atomic<int> came_to_turnstile{0};
    std::atomic<int> turned_away{0};  ///< so many turns end at the turnstile

    append_queue::write_jobs function() {
        return [this](const jobs_to_write& take) {
            ++came_to_turnstile;
            const std::lock_guard turn(turnstile);
            if (turned_away > 0) {
                --turned_away;
                for (append_job* const job : take(false)) job->fail(std::make_exception_ptr(failure(errc::busy, "turned away")));
                return;
            }
            const std::span<append_job* const> jobs = take(true);
            {
                const std::lock_guard note(notes);
                groups.push_back(jobs.size());
            }
            while (static_cast<int>(groups_so_far()) == stuck_at && !answers_again) std::this_thread::sleep_for(1ms);
            const std::lock_guard wait(gate);
            for (append_job* const job : jobs)
                for (std::size_t i = 0; i < job->requests.size(); ++i) {
                    ++next;
                    job->answers.push_back(appended{.first_position = next, .last_position = next});
                }
        };
    }
    std::size_t groups_so_far() {
        const std::lock_guard note(notes);
        return groups.size();
    }
    void wait_for_groups(std::size_t count) {
        while (groups_so_far() < count) std::this_thread::sleep_for(1ms);
    }
};

}  // namespace

TEST_CASE("a lone caller is written by itself, each call at once") {
    slow_writer disk;
    append_queue queue(disk.function(), {});
    const std::vector<append_request> two{deposit(1), deposit(2)};
    CHECK(queue.append(two).size() == 2);
    CHECK(queue.append(two).front()->last_position == 3);
    CHECK(disk.groups == std::vector<std::size_t>{1, 1});
}

TEST_CASE("who comes while the writer is busy is written together with all others who did") {
    slow_writer disk;
    append_queue queue(disk.function(), {});
    disk.gate.lock();
    std::vector<std::thread> callers;
    const auto call = [&] {
        const append_request one = deposit(1);
        if (!queue.append({&one, 1}).front()) FAIL_CHECK("no answer");
    };
    callers.emplace_back(call);
    disk.wait_for_groups(1);
    std::latch begun(20);
    for (int i = 0; i < 20; ++i)
        callers.emplace_back([&] {
            begun.count_down();
            call();
        });
    begun.wait();
    std::this_thread::sleep_for(100ms);
    disk.gate.unlock();
    for (std::thread& one : callers) one.join();
    CHECK(disk.next == 21);
    CHECK(disk.groups.size() < 10);
}

TEST_CASE("asynchronous appends of one caller keep their order and are written in groups") {
    slow_writer disk;
    append_queue queue(disk.function(), {});
    disk.gate.lock();
    std::vector<std::future<append_result>> answers;
    for (int i = 0; i < 500; ++i) answers.push_back(queue.append_async(deposit(i)));
    disk.gate.unlock();
    for (int i = 0; i < 500; ++i) CHECK(answers[static_cast<std::size_t>(i)].get()->last_position == i + 1);
    CHECK(disk.groups_so_far() < 10);
}

TEST_CASE("a closing queue writes what waits in it") {
    slow_writer disk;
    std::vector<std::future<append_result>> answers;
    {
        append_queue queue(disk.function(), {});
        disk.gate.lock();
        for (int i = 0; i < 100; ++i) answers.push_back(queue.append_async(deposit(i)));
        disk.gate.unlock();
    }
    for (auto& one : answers) {
        REQUIRE(one.wait_for(0s) == std::future_status::ready);
        CHECK(one.get());
    }
}

TEST_CASE("who waits in line for too long gets a sentence, and nothing of it is written") {
    slow_writer disk;
    append_queue queue(disk.function(), {.busy_timeout = 50ms});
    disk.gate.lock();
    std::thread first([&] {
        const append_request one = deposit(1);
        (void)queue.append({&one, 1});
    });
    disk.wait_for_groups(1);
    const append_request late = deposit(2);
    const failure why = thrown_by([&] { (void)queue.append({&late, 1}); });
    CHECK(why.code() == errc::busy);
    CHECK(says(why, "nothing was stored"));
    disk.gate.unlock();
    first.join();
    CHECK(disk.next == 1);
    CHECK(queue.append({&late, 1}).front()->last_position == 2);
}

TEST_CASE("who waits behind one that waits for another process is told that nothing was stored") {
    slow_writer disk;
    append_queue queue(disk.function(), {.busy_timeout = 50ms});
    disk.turnstile.lock();
    std::future<append_result> first = queue.append_async(deposit(1));  // on the queue's own thread
    while (disk.came_to_turnstile == 0) std::this_thread::sleep_for(1ms);
    const append_request late = deposit(2);
    const failure why = thrown_by([&] { (void)queue.append({&late, 1}); });
    CHECK(why.code() == errc::busy);
    CHECK(says(why, "nothing was stored"));
    disk.turnstile.unlock();
    CHECK(first.get()->last_position == 1);
    CHECK(disk.next == 1);
}

TEST_CASE("when another process is not waited for any longer, only those are told who were there when the waiting began") {
    slow_writer disk;
    append_queue queue(disk.function(), {});
    disk.turned_away = 1;
    disk.turnstile.lock();
    std::future<append_result> first = queue.append_async(deposit(1));
    while (disk.came_to_turnstile == 0) std::this_thread::sleep_for(1ms);
    std::vector<std::future<append_result>> later;
    for (int i = 0; i < 10; ++i) later.push_back(queue.append_async(deposit(2)));
    disk.turnstile.unlock();
    for (std::future<append_result>& each : later) CHECK(each.get());
    // Last, so that this thread is the one to free the error: the thread sanitizer does not see the standard library count who holds it.
    CHECK(thrown_by([&] { (void)first.get(); }).code() == errc::busy);
    CHECK(disk.next == 10);
}

TEST_CASE("who is being written when its time is over is told that nobody knows") {
    slow_writer disk;
    append_queue queue(disk.function(), {.busy_timeout = 1'500ms});
    disk.gate.lock();
    std::future<append_result> first = queue.append_async(deposit(1));  // on the queue's own thread
    disk.wait_for_groups(1);
    std::future<append_result> second = queue.append_async(deposit(2));
    std::thread third([&] {  // is written together with the second, by the queue's own thread
        const append_request one = deposit(3);
        const failure why = thrown_by([&] { (void)queue.append({&one, 1}); });
        if (why.code() != errc::unknown_outcome) FAIL_CHECK(std::string(why.what()));
        if (!says(why, "read the stream before sending it again")) FAIL_CHECK(std::string(why.what()));
    });
    std::this_thread::sleep_for(50ms);
    disk.stuck_at = 2;
    disk.gate.unlock();
    third.join();
    disk.answers_again = true;
    CHECK(first.get());
    CHECK(second.get());
}

TEST_CASE("a full line makes callers wait for room, and then gives them a sentence") {
    slow_writer disk;
    append_queue queue(disk.function(), {.busy_timeout = 50ms, .queue_bytes = 1});
    disk.gate.lock();
    std::future<append_result> first = queue.append_async(deposit(1));
    disk.wait_for_groups(1);
    std::future<append_result> second = queue.append_async(deposit(2));  // one may always wait, whatever its size
    const failure why = thrown_by([&] { (void)queue.append_async(deposit(3)); });
    CHECK(why.code() == errc::busy);
    CHECK(says(why, "options::queue_bytes"));
    disk.gate.unlock();
    CHECK(first.get()->last_position == 1);
    CHECK(second.get()->last_position == 2);
    CHECK(queue.append_async(deposit(4)).get()->last_position == 3);
}
