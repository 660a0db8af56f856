// The kernels of this library by their names, for the driver on the host.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace host {

using Kernel = std::function<void(void** arguments)>;

inline std::map<std::string, Kernel>& kernels() {
  static std::map<std::string, Kernel> all;
  return all;
}

struct Export {
  template <typename Arguments>
  Export(const char* name, void (*kernel)(Arguments)) {
    kernels()[name] = [kernel](void** arguments) { kernel(*static_cast<Arguments*>(arguments[0])); };
  }
};

}  // namespace host
