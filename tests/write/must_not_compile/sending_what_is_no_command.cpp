// expect: error: .*send_all takes a range of one command type
#include <acta/write/dispatcher.hpp>

struct deposit {
    static constexpr acta::command_type command{"account.deposit"};
};

void send(acta::dispatcher& dispatch) {
#ifdef ACTA_MISTAKE
    dispatch.send_all(std::vector<int>{1}, [](const acta::outcome&) {});
#else
    dispatch.send_all(std::vector<deposit>{{}}, [](const acta::outcome&) {});
#endif
}
