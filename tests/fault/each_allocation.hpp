// The loop of tests in which every allocation fails in turn, once or until there is memory again.
#pragma once

#include <acta/event/result.hpp>

#include "scarce_memory.hpp"
#include "support/campaign.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tests {

struct counts {
    std::uint64_t runs = 0, thrown = 0;
};

/// Lives with scarce memory again and again, where the first allocation fails, the second, and so on to the last.
template <class Life>
void for_each_allocation(Life&& live) {
    constexpr std::uint64_t step = sanitized ? 11 : 1;
    if (step > 1) MESSAGE("reduced: every " << step << "th allocation fails, for a sanitizer slows everything down");
    for (const scarce_memory::lasting how : {scarce_memory::lasting::once, scarce_memory::lasting::on}) {
        counts all;
        for (std::uint64_t n = 1;; n += step) {
            CAPTURE(n);
            const scarce_memory scarce(n, how);
            live(scarce, all);
            if (!scarce.struck()) break;
            ++all.runs;
        }
        MESSAGE(std::string(how == scarce_memory::lasting::once ? "once: " : "from then on: ")
                << all.runs << " allocations failed, " << all.thrown << " calls said so");
        CHECK(all.thrown > 0);
    }
}

/// A call may end with bad_alloc, or with a failure that says what else it could not do for that; but for no other reason.
template <class Call>
void try_to(const scarce_memory& scarce, counts& all, Call&& call) {
    try {
        call();
    } catch (const std::bad_alloc&) { ++all.thrown; } catch (const acta::failure& why) {
        CAPTURE(why.what());
        REQUIRE(scarce.struck());
        ++all.thrown;
    }
}

}  // namespace tests
