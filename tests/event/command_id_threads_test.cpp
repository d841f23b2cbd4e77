// Ids made by several threads at once.
#include <acta/event/command_id.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

TEST_CASE("threads that make ids at the same time never make the same one") {
    std::array<std::vector<acta::command_id>, 4> made;
    {
        std::vector<std::jthread> threads;
        for (auto& ids : made)
            threads.emplace_back([&ids] {
                for (int i = 0; i < 10'000; ++i) ids.push_back(acta::command_id::make());
            });
    }
    std::vector<acta::command_id> all;
    for (const auto& ids : made) {
        CHECK(std::is_sorted(ids.begin(), ids.end()));
        all.insert(all.end(), ids.begin(), ids.end());
    }
    std::sort(all.begin(), all.end());
    CHECK(all.size() == 40'000);
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}
