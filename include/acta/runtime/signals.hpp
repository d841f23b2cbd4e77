// Signals: functions of the program's own that are called after the fact.
#pragma once

#if !defined(ACTA_ROOM_RUNTIME)
#error "acta/runtime/... is where both sides meet: link acta::runtime (a projection or plugin links acta::read alone)"
#endif

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace acta {

/// A slot for as long as this lives: `auto bell = app.on_appended(...);`. When it is gone the slot is not called any more; a call under way
/// in another thread ends in peace. May outlive the signal. Thread rule: one thread at a time.
class [[nodiscard]] scoped_connection {
public:
    scoped_connection() = default;
    explicit scoped_connection(std::function<void()> disconnect) : disconnect_(std::move(disconnect)) {}
    scoped_connection(scoped_connection&& other) noexcept : disconnect_(std::exchange(other.disconnect_, nullptr)) {}
    scoped_connection& operator=(scoped_connection&& other) noexcept {
        std::swap(disconnect_, other.disconnect_);
        return *this;
    }
    ~scoped_connection() { disconnect(); }

    void disconnect() {
        if (const auto once = std::exchange(disconnect_, nullptr)) once();
    }
    /// The slot stays for good.
    void release() noexcept { disconnect_ = nullptr; }

private:
    std::function<void()> disconnect_;
};

namespace detail {

/// Calls all slots in the order in which they came; what one throws is caught and stops no other. Thread rule: any thread.
template <class T>
class signal {
public:
    signal();
    signal(const signal&) = delete;
    signal& operator=(const signal&) = delete;
    ~signal();

    scoped_connection connect(std::function<void(const T&)> slot);
    bool empty() const;
    /// Answers what slots threw, in words.
    std::vector<std::string> operator()(const T& about) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace detail

}  // namespace acta
