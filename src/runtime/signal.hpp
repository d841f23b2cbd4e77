// The body of detail::signal over Boost.Signals2; for the one file that instantiates it.
#pragma once

#include <acta/runtime/signals.hpp>

#include <boost/signals2.hpp>

#include <exception>

namespace acta::detail {

/// Calls slot by slot, so that one that throws stops none behind it, as Boost's own combiners let it.
struct catch_each {
    using result_type = std::vector<std::string>;
    template <class Slots>
    result_type operator()(Slots next, Slots end) const {
        result_type thrown;
        for (; next != end; ++next) try {
                *next;
            } catch (const std::exception& why) { thrown.emplace_back(why.what()); } catch (...) {
                thrown.emplace_back("something was thrown that is no std::exception");
            }
        return thrown;
    }
};

template <class T>
struct signal<T>::state {
    boost::signals2::signal<void(const T&), catch_each> slots;
};

template <class T>
signal<T>::signal() : state_(std::make_unique<state>()) {}
template <class T>
signal<T>::~signal() = default;

template <class T>
scoped_connection signal<T>::connect(std::function<void(const T&)> slot) {
    return scoped_connection([of = state_->slots.connect(std::move(slot))] { of.disconnect(); });
}

template <class T>
bool signal<T>::empty() const {
    return state_->slots.empty();
}

template <class T>
std::vector<std::string> signal<T>::operator()(const T& about) const {
    return state_->slots(about);
}

}  // namespace acta::detail
