// The computer's own clock.
#include <acta/event/clock.hpp>

namespace acta {

const clock& clock::system() noexcept {
    class system_clock final : public clock {
        timestamp now() const override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }
    };
    static const system_clock instance;
    return instance;
}

}  // namespace acta
