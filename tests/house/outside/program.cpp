#include <acta/write/dispatcher.hpp>
#include <acta/read/projection.hpp>

int main() {}
