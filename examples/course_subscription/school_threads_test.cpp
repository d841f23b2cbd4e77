// The rules hold however many ask at once: conditions are checked in the transaction that stores.
#include <acta/store/sqlite.hpp>
#include <acta/write/dispatcher.hpp>

#include "subscription_commands.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace school;

namespace {

struct open_school {
    acta::sqlite_log log{":memory:"};
    acta::dispatcher dispatch{log, {.retries = 10'000}};
    open_school() { dispatch.handle<subscription_commands>(); }

    void by_threads(int count, const std::function<void(int)>& work) {
        std::vector<std::thread> all;
        for (int i = 0; i < count; ++i) all.emplace_back([&, i] { work(i); });
        for (std::thread& one : all) one.join();
    }
};

}  // namespace

TEST_CASE("however many students want the last places, no more than the capacity get one") {
    open_school school;
    REQUIRE(school.dispatch.send(offer_course{"c1", 10}));
    for (int i = 0; i < 40; ++i) REQUIRE(school.dispatch.send(enrol_student{"s" + std::to_string(i), "name" + std::to_string(i)}));
    std::atomic<int> in{0}, full{0};
    school.by_threads(4, [&](int thread) {
        for (int i = thread; i < 40; i += 4) {
            const auto done = school.dispatch.send(subscribe{"c1", "s" + std::to_string(i)});
            if (done) ++in;
            else if (done.refusal() == subscription_commands::course_full) ++full;
        }
    });
    CHECK(in == 10);
    CHECK(full == 30);
}

TEST_CASE("a student who asks for every course at once gets as many as one may have") {
    open_school school;
    REQUIRE(school.dispatch.send(enrol_student{"s1", "ada"}));
    for (int i = 0; i < 8; ++i) REQUIRE(school.dispatch.send(offer_course{"c" + std::to_string(i), 5}));
    std::atomic<int> in{0};
    school.by_threads(4, [&](int thread) {
        for (int i = thread; i < 8; i += 4)
            if (school.dispatch.send(subscribe{"c" + std::to_string(i), "s1"})) ++in;
    });
    CHECK(in == static_cast<int>(subscription_commands::most_courses));
}

TEST_CASE("of all who want one user name exactly one gets it") {
    open_school school;
    std::atomic<int> in{0};
    school.by_threads(4, [&](int thread) {
        for (int i = 0; i < 10; ++i)
            if (school.dispatch.send(enrol_student{"s" + std::to_string(thread) + "." + std::to_string(i), "ada"})) ++in;
    });
    CHECK(in == 1);
}

TEST_CASE("what concerns other courses and students is in nobody's way") {
    open_school school;
    REQUIRE(school.dispatch.send(offer_course{"c1", 5}));
    REQUIRE(school.dispatch.send(enrol_student{"s1", "ada"}));
    const acta::position seen = school.log.head();
    REQUIRE(school.dispatch.send(offer_course{"c2", 5}));
    REQUIRE(school.dispatch.send(enrol_student{"s2", "bob"}));
    const acta::query boundary = subscription_commands::boundary(subscribe{"c1", "s1"});
    CHECK(school.log.append(acta::stream_name("course", "c1"), acta::fail_if(boundary, seen), {student_subscribed{"c1", "s1"}}));
    CHECK_FALSE(school.log.append(acta::stream_name("course", "c1"), acta::fail_if(boundary, seen), {student_subscribed{"c1", "s1"}}));
}
