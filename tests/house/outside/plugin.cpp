#include <acta/read/projection.hpp>

#include <string>

#define EXPORTED __attribute__((visibility("default")))

// Of these three, which a linker would all export, only the first may be seen from outside of the plugin.
extern "C" EXPORTED const char* acta_projection_plugin() {
    static const std::string name = "a plugin";
    return name.c_str();
}
extern "C" EXPORTED int another_function() { return 1; }
template <class T>
struct EXPORTED counter {
    inline static int count = 0;  // a "unique" symbol, which two plugins would share
};
template struct counter<int>;
