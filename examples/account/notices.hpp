// A reaction: whoever draws money is told so, in a file of their own.
#pragma once

#include <acta/replay/reaction.hpp>

#include "events.hpp"

#include <filesystem>
#include <fstream>

namespace bank {

struct notices {
    static constexpr acta::reaction_type reaction{"notices"};
    using consumes = acta::events<withdrawn>;

    std::filesystem::path folder{};

    /// At least once, so the file is named by the event's key: a second delivery writes the same file again.
    void react(const acta::recorded<withdrawn>& e) {
        std::filesystem::create_directories(folder);
        std::ofstream file(folder / (acta::idempotency_key(e) + ".txt"));
        file << "Dear " << e.stream().id() << ", " << e->cents << " cents were drawn from your account.\n";
        if (!file.flush()) throw std::runtime_error("the notice cannot be written: look at " + folder.string());
    }
};

}  // namespace bank
