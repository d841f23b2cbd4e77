// A system that gives no threads.
#pragma once

#include <doctest/doctest.h>

#include <pthread.h>

namespace bank {

/// While it lives no thread can be made: each would get a larger stack than there are addresses.
class no_more_threads {
public:
    no_more_threads() {
        pthread_attr_init(&before_);
        REQUIRE(pthread_getattr_default_np(&before_) == 0);
        pthread_attr_t huge;
        pthread_attr_init(&huge);
        pthread_attr_setstacksize(&huge, std::size_t{1} << 47);
        REQUIRE(pthread_setattr_default_np(&huge) == 0);
        pthread_attr_destroy(&huge);
    }
    no_more_threads(const no_more_threads&) = delete;
    no_more_threads& operator=(const no_more_threads&) = delete;
    ~no_more_threads() {
        pthread_setattr_default_np(&before_);
        pthread_attr_destroy(&before_);
    }

private:
    pthread_attr_t before_{};
};

}  // namespace bank
