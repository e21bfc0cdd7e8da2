# kscope_sources(OUT DIR...): every .cpp below the folders. A file that exists is a file that is built:
# nothing has to be registered by hand, and a test cannot be forgotten.
function(kscope_sources out)
  set(found "")
  foreach(dir IN LISTS ARGN)
    file(GLOB_RECURSE here CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp")
    list(APPEND found ${here})
  endforeach()
  list(SORT found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# kscope_library(NAME SOURCES...): a static library with the project's flags (an interface library without sources).
function(kscope_library name)
  if(ARGN)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PUBLIC kscope_flags)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE kscope_flags)
  endif()
endfunction()
