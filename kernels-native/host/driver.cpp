// The entry points of the CUDA driver that Recollect calls, on the host: memory is the host's,
// copies are made at once, and a launch runs the grid block after block. What a driver would refuse
// is refused with the driver's codes; what would silently be wrong on a device (writing beside an
// allocation, freeing it twice) is refused too. The functions that start with `host_` are for tests.

#include "driver.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "fibres.h"

namespace {

enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719
};

const std::map<int, const char*> NAMES = {
    {SUCCESS, "CUDA_SUCCESS"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"}};

constexpr size_t GUARD = 256;
constexpr unsigned char GUARD_BYTE = 0xa5;
constexpr unsigned char FRESH = 0xff;

struct Driver {
  std::recursive_mutex one_at_a_time;
  bool initialised = false;
  int retained = 0;
  size_t memory = size_t{1} << 32;
  size_t used = 0;
  uint64_t launches = 0;
  uint64_t uploaded = 0;
  std::map<uintptr_t, size_t> allocations;
  std::set<void*> handles;
  std::string failing;
  int failure = SUCCESS;
  bool refuses_binaries = false;
  int devices = 1;
};

Driver driver;
thread_local void* current = nullptr;
int context;

int entered(const char* function) {
  if (driver.failing == function) {
    return driver.failure;
  }
  return driver.initialised ? SUCCESS : NOT_INITIALIZED;
}

int in_context(const char* function) {
  int result = entered(function);
  return result != SUCCESS ? result : current == nullptr ? INVALID_CONTEXT : SUCCESS;
}

#define ENTER(check)                                                    \
  std::lock_guard<std::recursive_mutex> lock(driver.one_at_a_time);     \
  if (int result = check(__func__)) return result

void* handle() {
  void* made = std::malloc(1);
  driver.handles.insert(made);
  return made;
}

int dropped(void* handle) {
  if (driver.handles.erase(handle) == 0) {
    return INVALID_HANDLE;
  }
  std::free(handle);
  return SUCCESS;
}

bool guarded(uintptr_t start, size_t bytes) {
  auto* memory = reinterpret_cast<unsigned char*>(start);
  for (size_t i = 0; i < GUARD; i++) {
    if (memory[-1 - static_cast<ptrdiff_t>(i)] != GUARD_BYTE || memory[bytes + i] != GUARD_BYTE) {
      return false;
    }
  }
  return true;
}

bool all_guarded() {
  for (auto& [start, bytes] : driver.allocations) {
    if (!guarded(start, bytes)) {
      return false;
    }
  }
  return true;
}

// Whether these bytes lie within one allocation.
bool allocated(uint64_t at, size_t bytes) {
  auto after = driver.allocations.upper_bound(at);
  if (after == driver.allocations.begin()) {
    return false;
  }
  auto& [start, size] = *--after;
  return at + bytes <= start + size;
}

}  // namespace

extern "C" {

void host_set_memory(uint64_t bytes) { driver.memory = bytes; }

void host_fail(const char* function, int code) {
  driver.failing = function;
  driver.failure = code;
}

void host_refuse_binaries(int refuse) { driver.refuses_binaries = refuse; }

void host_set_devices(int count) { driver.devices = count; }

uint64_t host_used() { return driver.used; }

uint64_t host_handles() { return driver.handles.size(); }

uint64_t host_launches() { return driver.launches; }

uint64_t host_uploaded() { return driver.uploaded; }

int cuInit(unsigned) {
  std::lock_guard<std::recursive_mutex> lock(driver.one_at_a_time);
  if (driver.failing == __func__) return driver.failure;
  driver.initialised = true;
  return SUCCESS;
}

int cuDriverGetVersion(int* version) {
  ENTER(entered);
  *version = 13000;
  return SUCCESS;
}

int cuDeviceGetCount(int* count) {
  ENTER(entered);
  *count = driver.devices;
  return SUCCESS;
}

int cuDeviceGet(int* device, int ordinal) {
  ENTER(entered);
  *device = ordinal;
  return ordinal >= 0 && ordinal < driver.devices ? SUCCESS : INVALID_DEVICE;
}

int cuDeviceGetName(char* name, int length, int) {
  ENTER(entered);
  std::strncpy(name, "host threads as a device", length);
  return SUCCESS;
}

int cuDeviceGetAttribute(int* value, int attribute, int) {
  ENTER(entered);
  constexpr int MULTIPROCESSORS = 16, MAJOR = 75, MINOR = 76;
  *value = attribute == MULTIPROCESSORS ? 1 : attribute == MAJOR ? 8 : attribute == MINOR ? 0 : 0;
  return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void** made, int) {
  ENTER(entered);
  driver.retained++;
  *made = &context;
  return SUCCESS;
}

int cuDevicePrimaryCtxRelease_v2(int) {
  ENTER(entered);
  return driver.retained-- > 0 ? SUCCESS : INVALID_CONTEXT;
}

int cuCtxSetCurrent(void* made) {
  ENTER(entered);
  current = made;
  return SUCCESS;
}

int cuModuleLoadData(void** module, const void* image) {
  ENTER(in_context);
  constexpr uint32_t FAT_BINARY = 0xba55ed50;
  uint32_t first;
  std::memcpy(&first, image, 4);
  bool text = std::strstr(static_cast<const char*>(image), ".version") != nullptr;
  if (first == FAT_BINARY ? driver.refuses_binaries : !text) {
    return INVALID_IMAGE;
  }
  *module = handle();
  return SUCCESS;
}

int cuModuleUnload(void* module) {
  ENTER(in_context);
  return dropped(module);
}

int cuModuleGetFunction(void** function, void* module, const char* name) {
  ENTER(in_context);
  if (driver.handles.count(module) == 0) {
    return INVALID_HANDLE;
  }
  auto found = host::kernels().find(name);
  if (found == host::kernels().end()) {
    return NOT_FOUND;
  }
  *function = &found->second;
  return SUCCESS;
}

int cuMemGetInfo_v2(size_t* free, size_t* total) {
  ENTER(in_context);
  *free = driver.memory > driver.used ? driver.memory - driver.used : 0;
  *total = driver.memory;
  return SUCCESS;
}

int cuMemAlloc_v2(uint64_t* device, size_t bytes) {
  ENTER(in_context);
  if (bytes == 0) {
    return INVALID_VALUE;
  }
  if (driver.used + bytes > driver.memory) {
    return OUT_OF_MEMORY;
  }
  auto* memory = static_cast<unsigned char*>(std::aligned_alloc(256, (bytes + 2 * GUARD + 255) / 256 * 256));
  std::memset(memory, GUARD_BYTE, bytes + 2 * GUARD);
  std::memset(memory + GUARD, FRESH, bytes);
  *device = reinterpret_cast<uint64_t>(memory + GUARD);
  driver.allocations[*device] = bytes;
  driver.used += bytes;
  return SUCCESS;
}

int cuMemFree_v2(uint64_t device) {
  ENTER(in_context);
  auto found = driver.allocations.find(device);
  if (found == driver.allocations.end()) {
    return INVALID_VALUE;
  }
  bool whole = guarded(found->first, found->second);
  driver.used -= found->second;
  driver.allocations.erase(found);
  std::free(reinterpret_cast<unsigned char*>(device) - GUARD);
  return whole ? SUCCESS : ILLEGAL_ADDRESS;
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, void*) {
  ENTER(in_context);
  if (!allocated(to, bytes)) {
    return INVALID_VALUE;
  }
  std::memcpy(reinterpret_cast<void*>(to), from, bytes);
  driver.uploaded += bytes;
  return SUCCESS;
}

int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, void*) {
  ENTER(in_context);
  if (!allocated(from, bytes)) {
    return INVALID_VALUE;
  }
  std::memcpy(to, reinterpret_cast<void*>(from), bytes);
  return SUCCESS;
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void*) {
  ENTER(in_context);
  if (!allocated(to, bytes) || !allocated(from, bytes)) {
    return INVALID_VALUE;
  }
  std::memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes);
  return SUCCESS;
}

int cuStreamCreate(void** stream, unsigned) {
  ENTER(in_context);
  *stream = handle();
  return SUCCESS;
}

int cuStreamSynchronize(void* stream) {
  ENTER(in_context);
  return driver.handles.count(stream) == 1 ? SUCCESS : INVALID_HANDLE;
}

int cuStreamDestroy_v2(void* stream) {
  ENTER(in_context);
  return dropped(stream);
}

int cuEventCreate(void** event, unsigned) {
  ENTER(in_context);
  *event = handle();
  return SUCCESS;
}

int cuEventRecord(void* event, void*) {
  ENTER(in_context);
  return driver.handles.count(event) == 1 ? SUCCESS : INVALID_HANDLE;
}

int cuEventSynchronize(void* event) {
  ENTER(in_context);
  return driver.handles.count(event) == 1 ? SUCCESS : INVALID_HANDLE;
}

int cuEventElapsedTime(float* milliseconds, void* start, void* end) {
  ENTER(in_context);
  *milliseconds = 1;
  return driver.handles.count(start) + driver.handles.count(end) == 2 ? SUCCESS : INVALID_HANDLE;
}

int cuEventDestroy_v2(void* event) {
  ENTER(in_context);
  return dropped(event);
}

int cuLaunchKernel(void* function, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z,
                   unsigned threads_x, unsigned threads_y, unsigned threads_z, unsigned shared_bytes,
                   void* stream, void** arguments, void**) {
  ENTER(in_context);
  constexpr unsigned MOST_THREADS = 1024, MOST_ROWS = 65535, MOST_SHARED = 48 * 1024;
  unsigned threads = threads_x * threads_y * threads_z;
  if (blocks_x == 0 || blocks_y == 0 || blocks_z == 0 || blocks_y > MOST_ROWS || blocks_z > MOST_ROWS ||
      threads == 0 || threads > MOST_THREADS || shared_bytes > MOST_SHARED) {
    return INVALID_VALUE;
  }
  if (driver.handles.count(stream) == 0) {
    return INVALID_HANDLE;
  }
  auto& kernel = *static_cast<host::Kernel*>(function);
  driver.launches++;
  bool ended = host::launch({blocks_x, blocks_y, blocks_z}, {threads_x, threads_y, threads_z},
                            shared_bytes, [&] { kernel(arguments); });
  return !ended ? LAUNCH_FAILED : all_guarded() ? SUCCESS : ILLEGAL_ADDRESS;
}

int cuGetErrorName(int code, const char** name) {
  auto found = NAMES.find(code);
  *name = found == NAMES.end() ? nullptr : found->second;
  return found == NAMES.end() ? INVALID_VALUE : SUCCESS;
}

int cuGetErrorString(int code, const char** text) {
  auto found = NAMES.find(code);
  *text = found == NAMES.end() ? nullptr : "as the driver on the host says it";
  return found == NAMES.end() ? INVALID_VALUE : SUCCESS;
}

}  // extern "C"
