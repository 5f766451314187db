# Read by CMake where llama-cpp-python's project begins (scripts/llama_wheel.sh): what Tenon
# uses of llama.cpp, which takes half as long to compile. Neither pictures (mtmd) nor the common
# library of llama.cpp's own programs, which the package asks for and Python does not use.
set(LLAMA_BUILD_COMMON OFF)
set(LLAVA_BUILD OFF)
add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/amx_tile_config.h>")
